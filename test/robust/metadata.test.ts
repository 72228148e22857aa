import fc from 'fast-check';
import { describe, it } from 'vitest';
import { defineLoss } from '../../src/contracts/define-loss.ts';
import type { InputSpec } from '../../src/contracts/domain.ts';
import { sizeOf } from '../../src/contracts/tensor.ts';
import { resolveInputs } from '../../src/load/arguments.ts';
import { discoverLosses, type LoadedLoss } from '../../src/load/discover.ts';
import { requireKnownEdges } from '../../src/load/metadata.ts';
import { parsePoint } from '../../src/run/points.ts';
import { drawSamples } from '../../src/run/samples.ts';
import { hostile, near, requireReadable, RUNS, type Recipe } from './hostile.ts';

const loss = (yPred: unknown, yTrue: unknown): unknown => [yPred, yTrue];

class Parametrised {
  readonly given: readonly unknown[];
  constructor(...given: readonly unknown[]) {
    this.given = given;
  }
  call(yPred: unknown, yTrue: unknown): unknown {
    return [yPred, yTrue];
  }
}

/** Every field that there is. */
function valid(): Record<string, unknown> {
  return {
    name: 'focal',
    description: 'a loss',
    inputs: {
      yPred: { shape: [2, 3], domain: 'probability', role: 'prediction' },
      yTrue: { shape: [2], domain: 'class-index', role: 'target', classes: 3 },
      w: { shape: [], domain: { min: 0, max: 1 }, role: 'weight' },
      s: { shape: [2], domain: (random: () => number) => [random(), random()], role: 'target' },
    },
    args: [1, { reduction: 'mean' }],
    tolerance: { rtol: 1e-4 },
    edges: [{ yPred: [[0, 1, 0], [1, 0, 0]], yTrue: [0, 2], w: 0.5, s: [NaN, 1] }, { yPred: [0, 1, 0, 1, 0, 0] }],
    expect: { nonNegative: true, zeroAtMatch: false, minimisedAtTarget: true, reduction: 'mean' },
    allow: [{ check: 'gradient-match', code: 'gradient-mismatch', reason: 'straight-through' }],
  };
}

const metadata = near(valid);

/** Where a module may have it. */
type Exports = Readonly<Record<string, unknown>>;

function module(value: Recipe, exports: (made: unknown) => Exports): { readonly note: string; readonly make: () => Exports } {
  return { note: value.note, make: () => exports(value.make()) };
}

const modules = fc.oneof(
  { weight: 3, arbitrary: metadata.map((value) => module(value, (made) => ({ focal: (yPred: unknown, yTrue: unknown, w: unknown, s: unknown) => [yPred, yTrue, w, s], losscheck: made }))) },
  { weight: 2, arbitrary: metadata.map((value) => module(value, (made) => ({ loss, Parametrised, losscheck: { loss: made, Parametrised: made } }))) },
  { weight: 1, arbitrary: metadata.map((value) => module(value, (made) => ({ Own: Object.assign(class extends Parametrised {}, { losscheck: made }) }))) },
  { weight: 1, arbitrary: metadata.map((value) => module(value, (made) => ({ own: Object.defineProperty((a: unknown, b: unknown) => [a, b], 'losscheck', { get: () => made }) }))) },
  { weight: 1, arbitrary: metadata.map((value) => module(value, (made) => ({ default: defined(made) }))) },
  { weight: 1, arbitrary: near(() => ({ loss, list: [loss, [loss]], deep: { call: loss }, Parametrised })).map((value) => module(value, (made) => (typeof made === 'object' && made !== null ? spread(made) : { made }))) },
  { weight: 1, arbitrary: hostile.map((value) => module(value, (made) => ({ thing: made, losscheck: made }))) },
);

function defined(value: unknown): unknown {
  const fields = typeof value === 'object' && value !== null ? spread(value) : {};
  try {
    return defineLoss({ ...fields, loss: () => { throw new Error('not called here'); } });
  } catch {
    // A trap of the user's that is sprung in the user's own call: the module throws while it is imported.
    return loss;
  }
}

/** What a bundler hands over is a plain object: getters of a namespace are its own. */
function spread(value: object): Readonly<Record<string, unknown>> {
  try {
    return { ...value };
  } catch {
    return { value };
  }
}

const MOST_NUMBERS = 2000;

/** What becomes of metadata before a loss is called for the first time. */
function prepare(loaded: LoadedLoss): void {
  const inputs: readonly InputSpec[] = resolveInputs(loaded) ?? [];
  const names = inputs.map(({ name }) => name);
  requireKnownEdges(loaded.metadata, names, loaded.metadataLabel);
  if (inputs.some(({ shape, classes }) => sizeOf(shape) > MOST_NUMBERS || (classes ?? 0) > MOST_NUMBERS)) return;
  drawSamples(inputs, {}, 2, [1, loaded.exportName]);
  for (const [index, edge] of (loaded.metadata.edges ?? []).entries()) parsePoint(edge, inputs, {}, `${loaded.metadataLabel}.edges[${index}]`);
}

describe('metadata, whatever it is', () => {
  it('is understood, or refused in words', () => {
    let understood = 0;
    let refused = 0;
    fc.assert(
      fc.property(modules, ({ make }) => {
        const found = discoverLosses(make(), 'src/focal.ts');
        for (const { error } of found.errors) {
          refused++;
          requireReadable(error);
        }
        for (const loaded of found.losses) {
          try {
            prepare(loaded);
            understood++;
          } catch (error) {
            refused++;
            requireReadable(error);
          }
        }
      }),
      RUNS,
    );
    // A generator of nothing but nonsense would show nothing.
    if (RUNS.numRuns >= 1000 && (understood < RUNS.numRuns / 20 || refused < RUNS.numRuns / 20)) throw new Error(`${understood} understood and ${refused} refused: too few of one kind`);
  });
});
