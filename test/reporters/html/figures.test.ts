import { describe, expect, it } from 'vitest';
import type { EvidenceReport } from '../../../src/contracts/evidence.ts';
import { figuresOf, whyNoFigure } from '../../../src/reporters/html/figures/index.ts';
import type { Figure } from '../../../src/reporters/html/figures/figure.ts';
import { indexAt, type HeatMap, type LinePlot } from '../../../src/reporters/html/plot.ts';
import { coordinates, descent, everyKind, float32, slice, steps, terms } from '../sample-evidence.ts';
import { check } from '../sample-report.ts';

function figure(evidence: EvidenceReport): Figure {
  const [only] = figuresOf(check({ evidence: [evidence] }));
  if (only === undefined) throw new Error('no figure');
  return only;
}

function lines({ plot }: Figure): LinePlot {
  if (plot.kind !== 'lines') throw new Error('no line plot');
  return plot;
}

function heat({ plot }: Figure): HeatMap {
  if (plot.kind !== 'heat') throw new Error('no heat map');
  return plot;
}

describe('figuresOf', () => {
  it('draws every kind, with a question, a conclusion and a row for each number', () => {
    const figures = figuresOf(check({ evidence: everyKind }));
    expect(figures.map(({ title }) => title)).toEqual([
      'Is autograd’s gradient the slope of the loss as yPred[2, 1] moves?',
      'Which numbers of yPred get a wrong gradient?',
      'How far is the numeric slope from autograd’s, for each step size?',
      'What do 32-bit numbers lose of the loss and its gradient as yPred[0, 1] moves?',
      'How large is each component of the loss, and how hard does it pull?',
      'Does following the gradient lower the loss?',
    ]);
    expect(figures.map(({ table }) => table.rows.length)).toEqual([41, 32, 12, 33, 3, 6]);
    for (const { table } of figures) expect(table.rows.every((row) => row.length === table.head.length)).toBe(true);
  });

  it('draws x in ascending order, with the values that belong to it', () => {
    const plot = lines(figure(slice({ x: [2, 1, 'NaN', 3], loss: [20, 10, 0, 30], analytic: [5, 4, 0, 6], numeric: [5, 4, 0, 'Infinity'] })));
    expect(plot.xs).toEqual([1, 2, 3]);
    expect(plot.panels.map(({ series }) => series.map(({ values }) => values))).toEqual([[[10, 20, 30]], [[4, 5, 6], [4, 5, 'Infinity']]]);
    const ladder = lines(figure(steps()));
    expect(ladder.xs).toEqual(ladder.xs.toSorted((a, b) => a - b));
  });

  it('copes with evidence in which nothing is finite, or nothing is at all', () => {
    const gone = ['NaN', 'Infinity', '-Infinity'] as const;
    const all = [
      slice({ center: 'NaN', x: gone, loss: gone, analytic: gone, numeric: gone }),
      slice({ x: [], loss: [], analytic: [], numeric: [] }),
      steps({ relativeErrors: gone, numeric: gone, steps: [1, 0.1, 0.01], chosen: null }),
      steps({ steps: [], numeric: [], relativeErrors: [], chosen: null }),
      coordinates({ positions: [0, 1, 2], analytic: gone, numeric: gone, relativeErrors: gone, errorBounds: gone, compared: 3 }),
      coordinates({ positions: [], analytic: [], numeric: [], relativeErrors: [], errorBounds: [], compared: 0 }),
      float32({ x: [1, 2, 3], loss64: gone, loss32: gone, gradient64: gone, gradient32: gone }),
      terms({ values: [[...gone]], gradientNorms: [[...gone]] }),
      terms({ names: [], values: [], gradientNorms: [] }),
      descent({ losses: [[...gone]], atMatch: 'NaN' }),
      descent({ losses: [], atMatch: null }),
    ];
    const conclusions = figuresOf(check({ evidence: all })).map(({ conclusion }) => conclusion);
    expect(conclusions).toHaveLength(all.length);
    for (const conclusion of conclusions) expect(conclusion).not.toMatch(/undefined|NaN times|null/);
  });
});

describe('what a figure concludes', () => {
  it.each([
    ['slice', slice(), 'At yPred[2, 1] (sample 0) autograd says 0.125, the measured slope is -0.125: a relative difference of 2.'],
    ['steps', steps(), 'At yPred[2, 1] (sample 0) the step 1e-5 decided, with a relative error of 3.2e-10.'],
    [
      'steps without a good one',
      steps({ chosen: null, steps: [0.1, 0.01], numeric: [1, 1], relativeErrors: [0.5, 0.25] }),
      'At yPred[2, 1] (sample 0) no step was good enough to decide; the least relative error is 0.25.',
    ],
    [
      'coordinates',
      coordinates(),
      '8 of 32 coordinates of yPred (sample 0) have a relative error above 1e-5; the largest is 1.95 at yPred[0, 1].',
    ],
    [
      'coordinates that are right',
      coordinates({ relativeErrors: coordinates().positions.map(() => 1e-9) }),
      'All 32 coordinates of yPred (sample 0) have a relative error of at most 1e-5; the largest is 1e-9 at yPred[0, 0].',
    ],
    ['terms', terms(), 'reconstruction pulls hardest, 29000 times as hard as smoothness.'],
    [
      'terms of which one is silent',
      terms({ names: ['a', 'b'], values: [[1, 1]], gradientNorms: [[2, 0]] }),
      'Only a pulls. No pull at all: b.',
    ],
    ['descent', descent({ losses: [[2, 1], [1, 2]], atMatch: 0.5 }), 'The loss ends lower than it began from 1 of 2 starts. Where the prediction is the target it is 0.5.'],
    [
      'float32',
      float32({ x: [1, 2], loss64: [1, 1], loss32: [1, 1.25], gradient64: [1, 1], gradient32: [1, 'NaN'] }),
      'Around yPred[0, 1] (sample 1) float32 is off by at most 0.2 of the loss and 0 of the gradient. 1 value could not be compared, as one of both is not finite.',
    ],
  ] as const)('%s', (_, evidence, conclusion) => {
    expect(figure(evidence).conclusion).toBe(conclusion);
  });
});

describe('the heat map', () => {
  it('has the rows of the input where they fit, and breaks a vector', () => {
    const vector = (length: number) => Array.from({ length }, (_, at) => at);
    const shapes = [[8, 4], [2, 4, 4], [8, 4, 1], [8], [100], [40, 1], [2, 16]] as const;
    const layouts = shapes.map((shape) => {
      const size = shape.reduce<number>((product, length) => product * length, 1);
      const { columns, isGrid } = heat(figure(coordinates({ shape: [...shape], positions: vector(size), compared: size })));
      return [columns, isGrid];
    });
    expect(layouts).toEqual([[4, true], [4, true], [4, true], [8, false], [32, false], [32, false], [16, true]]);
  });

  it('is a list where coordinates are left out, and says how many', () => {
    const seen = figure(coordinates({ shape: [100, 50], compared: 5000 }));
    expect(heat(seen).isGrid).toBe(false);
    expect(seen.conclusion).toContain('The 32 with the largest error of 5000 are shown.');
  });

  it('names a coordinate by its index', () => {
    expect([0, 5, 31].map((position) => indexAt(position, [8, 4]))).toEqual([[0, 0], [1, 1], [7, 3]]);
    expect(indexAt(0, [])).toEqual([]);
  });
});

describe('whyNoFigure', () => {
  it('gives a reason where a picture could be, and only there', () => {
    expect(whyNoFigure(check({ id: 'scalar-output' }))).toBeNull();
    expect(whyNoFigure(check({ evidence: [steps()] }))).toBeNull();
    expect(whyNoFigure(check({ id: 'descent', status: 'skip', summary: 'a critic' }))).toBe('descent does not apply: a critic');
    expect(whyNoFigure(check({ status: 'inconclusive', summary: 'too noisy' }))).toBe('gradient-match could not decide: too noisy');
  });
});
