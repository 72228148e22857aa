/** Smooth functions with their exact derivatives, and where to try them. */

import { createRandom, normal } from '../../src/numerics/random.ts';

export interface SmoothCase {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly derivative: (x: number) => number;
  /** Draws a point. */
  readonly draw: (random: () => number) => number;
  /** Median of the bound relative to the value that can be asked for; 1e-9 unless said. */
  readonly usefulBound?: number;
}

export function logUniform(random: () => number, low: number, high: number): number {
  return low * (high / low) ** random();
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const logit = (random: () => number): number => 2 * normal(random);
const anyScale = (random: () => number): number => normal(random) * logUniform(random, 1e-2, 1e2);
const positive = (random: () => number): number => logUniform(random, 1e-8, 1e6);

/** Losses of one coordinate as they are: what the average cost is measured on. */
export const TYPICAL_LOSSES: readonly SmoothCase[] = [
  { name: 'x^2', f: (x) => x * x, derivative: (x) => 2 * x, draw: normal },
  {
    name: 'huber',
    f: (x) => (Math.abs(x) < 1 ? 0.5 * x * x : Math.abs(x) - 0.5),
    derivative: (x) => Math.max(-1, Math.min(1, x)),
    draw: normal,
  },
  { name: 'log-sigmoid', f: (x) => -softplus(-x), derivative: (x) => sigmoid(-x), draw: logit },
  {
    name: 'softmax entry',
    f: (x) => Math.exp(x) / (Math.exp(x) + 2.3),
    derivative: (x) => (2.3 * Math.exp(x)) / (Math.exp(x) + 2.3) ** 2,
    draw: logit,
  },
];

export const SMOOTH: readonly SmoothCase[] = [
  ...TYPICAL_LOSSES,
  {
    name: 'mean of squares beside a constant',
    f: (x) => ((x - 0.3) ** 2 + 7.7) / 32,
    derivative: (x) => (x - 0.3) / 16,
    draw: normal,
  },
  {
    name: 'polynomial',
    f: (x) => ((((x - 1) * x + 3) * x - 2) * x + 0.5) * x,
    derivative: (x) => (((5 * x - 4) * x + 9) * x - 4) * x + 0.5,
    draw: anyScale,
  },
  { name: 'exp', f: Math.exp, derivative: Math.exp, draw: (random) => 10 * normal(random) },
  { name: 'exp 3x', f: (x) => Math.exp(3 * x), derivative: (x) => 3 * Math.exp(3 * x), draw: (random) => 10 * normal(random) },
  { name: 'log', f: Math.log, derivative: (x) => 1 / x, draw: positive },
  { name: 'sqrt', f: Math.sqrt, derivative: (x) => 0.5 / Math.sqrt(x), draw: positive },
  { name: 'sin', f: Math.sin, derivative: Math.cos, draw: normal },
  { name: 'sin far out', f: Math.sin, derivative: Math.cos, draw: (random) => logUniform(random, 1e-3, 1e6) },
  { name: 'fast sin', f: (x) => Math.sin(1000 * x), derivative: (x) => 1000 * Math.cos(1000 * x), draw: normal },
  {
    name: 'period 1',
    f: (x) => 1 - Math.cos(2 * Math.PI * x),
    derivative: (x) => 2 * Math.PI * Math.sin(2 * Math.PI * x),
    draw: (random) => logUniform(random, 1e-2, 1e3),
  },
  { name: 'tanh', f: Math.tanh, derivative: (x) => 1 / Math.cosh(x) ** 2, draw: logit },
  { name: 'rational', f: (x) => x / (1 + x * x), derivative: (x) => (1 - x * x) / (1 + x * x) ** 2, draw: anyScale },
  {
    name: 'narrow rational',
    f: (x) => 1 / (x * x + 0.01),
    derivative: (x) => (-2 * x) / (x * x + 0.01) ** 2,
    draw: normal,
  },
  {
    name: 'composed',
    f: (x) => Math.exp(Math.sin(x)) * Math.log(2 + Math.cos(x)),
    derivative: (x) =>
      Math.exp(Math.sin(x)) * (Math.cos(x) * Math.log(2 + Math.cos(x)) - Math.sin(x) / (2 + Math.cos(x))),
    draw: normal,
  },
  {
    name: 'tiny values',
    f: (x) => 1e-6 * Math.exp(-x * x),
    derivative: (x) => -2e-6 * x * Math.exp(-x * x),
    draw: normal,
  },
  { name: 'huge offset', f: (x) => 1e6 + Math.sin(x), derivative: Math.cos, draw: normal, usefulBound: 1e-6 },
  {
    name: 'square far out',
    f: (x) => (x - 1e6) ** 2,
    derivative: (x) => 2 * (x - 1e6),
    draw: (random) => 1e6 + normal(random) * logUniform(random, 1e-3, 1e3),
  },
  {
    name: 'step of relu nearby',
    f: (x) => Math.max(0, x) + 3,
    derivative: (x) => (x > 0 ? 1 : 0),
    draw: (random) => normal(random) * logUniform(random, 1e-8, 1),
    usefulBound: 1e-6,
  },
];

/** The same points in every run. */
export function pointsOf(smooth: SmoothCase, count: number): number[] {
  const random = createRandom(smooth.name);
  return Array.from({ length: count }, () => smooth.draw(random));
}
