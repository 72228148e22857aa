import { defineCheck, type CheckContext, type Finding, type Sample } from '../contracts/check.ts';
import type { Evaluation, LossError } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import { blameNonFiniteValue } from './blame/non-finite.ts';
import { producerOf } from './blame/reach.ts';
import { conclude, finding } from './finding.ts';
import { nonFinite, showPoint } from './point.ts';
import { smallest } from './shrink.ts';

type Found = { readonly sample: Sample; readonly evaluation: Evaluation };

/** Is the result one finite scalar tensor? */
export const scalarOutput = defineCheck({
  id: 'scalar-output',
  title: 'one finite scalar',
  severity: 'error',
  precision: 64,
  run(context) {
    const results = context.samples.map((sample) => ({ sample, evaluation: context.reference.value(sample.point) }));
    const findings = [...shapeFindings(context, results), ...valueFindings(context, results)];
    const value = results.flatMap(({ evaluation }) => (evaluation.kind === 'tensor' ? [evaluation.tensor.data[0] ?? NaN] : []))[0];
    return conclude(findings, `a finite scalar at ${results.length} points`, value === undefined ? {} : { value });
  },
});

/** What is wrong with the kind of the result: reported once, from the first sample that shows it. */
function shapeFindings(context: CheckContext, results: readonly Found[]): Finding[] {
  for (const { sample, evaluation } of results) {
    const found = wrongKind(context, sample, evaluation);
    if (found !== null) return [found];
  }
  return [];
}

function wrongKind(context: CheckContext, sample: Sample, evaluation: Evaluation): Finding | null {
  if (evaluation.kind === 'threw') return threw(context, sample.point, evaluation.error);
  if (evaluation.kind === 'not-a-tensor') return notATensor(context, sample, evaluation);
  const { shape, dtype } = evaluation.tensor;
  if (shape.length === 0 && dtype === 'float32') return null;
  const where = resultLocation(context, sample);
  if (dtype !== 'float32') return finding('integer-result', { dtype }, where);
  const isOne = shape.every((dimension) => dimension === 1);
  return finding(isOne ? 'shape-one' : 'not-scalar', { shape }, where);
}

function threw(context: CheckContext, point: Point, error: LossError): Finding {
  const at = (smaller: Point): Finding | null => {
    const { kind, ...again } = context.reference.value(smaller);
    if (kind !== 'threw' || !('error' in again) || again.error.message !== error.message) return null;
    return finding('loss-threw', { error: error.message, point: showPoint(smaller) }, { location: error.location });
  };
  const found = finding('loss-threw', { error: error.message, point: showPoint(point) }, { location: error.location });
  return smallest(context, found, point, { fails: (smaller) => at(smaller) !== null, show: at });
}

function notATensor(
  context: CheckContext,
  sample: Sample,
  { found, value }: Extract<Evaluation, { kind: 'not-a-tensor' }>,
): Finding {
  const trace = context.reference.trace(sample.point, []);
  const lastRead = trace.reads.at(-1);
  const location = lastRead?.location ?? trace.operations.at(-1)?.location ?? null;
  if (found === 'number') return finding('returned-number', { value, method: lastRead?.method ?? null }, { location });
  if (found === 'promise') return finding('returned-promise', {}, { location: (context.source.isAsync ? context.source.declaration : null) ?? location });
  if (found === 'undefined' || found === 'null') return finding('returned-nothing', { found }, { location });
  return finding('returned-other', { found }, { location });
}

/** The line of the operation that made the result. */
function resultLocation(context: CheckContext, sample: Sample): Pick<Finding, 'location' | 'op'> {
  const producer = producerOf(context.reference.trace(sample.point, []));
  return { location: producer?.location ?? null, op: producer?.kernel ?? null };
}

function valueFindings(context: CheckContext, results: readonly Found[]): Finding[] {
  const bad = results.flatMap(({ sample, evaluation }) => {
    const problem = evaluation.kind === 'tensor' ? nonFinite(evaluation.tensor.data) : null;
    return problem === null ? [] : [{ sample, problem }];
  });
  const first = bad.find(({ problem }) => problem === 'nan') ?? bad[0];
  if (first === undefined) return [];
  const { problem, sample } = first;
  const fails = (point: Point): boolean => problemAt(context, point) === problem;
  const show = (point: Point): Finding => {
    const where = blameNonFiniteValue(context.reference.trace(point, []));
    const common = { samples: bad.length, of: results.length, point: showPoint(point) };
    return problem === 'nan' ? finding('nan-value', common, where) : finding('infinite-value', { ...common, value: context.reference.scalar(point) }, where);
  };
  return [smallest(context, show(sample.point), sample.point, { fails, show })];
}

function problemAt(context: CheckContext, point: Point): ReturnType<typeof nonFinite> {
  const evaluation = context.reference.value(point);
  return evaluation.kind === 'tensor' ? nonFinite(evaluation.tensor.data) : null;
}
