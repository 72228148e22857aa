import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { MemoryAccount } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import { conclude, finding, skip } from './finding.ts';
import { callsWithin, freshPoint } from './fresh-point.ts';

/** Calls that are counted, each with another batch: a leak at every third call shows twice. */
const CALLS = 8;

/** What the first call keeps may serve all later ones; a large loss needs two of those as well. */
const FEWEST_CALLS = 3;

/** One later call that keeps something may have met a case for the first time; two have not. */
const LEAKING_CALLS = 2;

/** Elements times calls: what keeps a loss of half a million elements to a few calls. */
const MAX_WORK = 2 ** 16;

/** More intermediate tensors than this per call, and a validation loop of some thousand batches is noticed. */
const MANY_UNTIDIED = 16;

/** Is nothing left behind by a call, and are the inputs neither disposed nor changed? */
export const memory = defineCheck({
  id: 'memory',
  title: 'no leak, inputs untouched',
  severity: 'warning',
  precision: 64,
  run(context): CheckOutcome {
    const point = context.samples[0]?.point ?? {};
    const evaluation = context.reference.value(point);
    if (evaluation.kind === 'threw') return skip('the loss throws: see scalar-output');
    if (evaluation.kind === 'not-a-tensor' && evaluation.found === 'promise') {
      return skip('the loss is asynchronous: what it keeps cannot be told from what it still works with');
    }
    const account = context.reference.account(batches(context, point), context.differentiable);
    const calls = account.kept.length;
    const found = touched(account);
    if (calls < FEWEST_CALLS && found.length === 0) {
      const summary = `the loss throws at other batches, and ${calls} calls are too few to tell a leak`;
      return { status: 'inconclusive', summary, metrics: {}, findings: [] };
    }
    const findings = [...found, ...leaked(account), ...untidied(context, account)];
    return conclude(findings, `nothing left behind by ${calls} calls inside tf.tidy, inputs as they were`, { untidied: account.untidied });
  },
});

/** New batches, since a cache that knows the old ones would look like none; a large loss is content with those it has. */
function batches(context: CheckContext, point: Point): readonly Point[] {
  const calls = callsWithin(MAX_WORK, point, CALLS);
  if (calls >= FEWEST_CALLS) return Array.from({ length: calls }, (_, index) => freshPoint(context, `memory ${index}`, 'moved'));
  const { samples } = context;
  return Array.from({ length: FEWEST_CALLS }, (_, index) => samples[index % samples.length]?.point ?? point);
}

function touched({ disposed, changed }: MemoryAccount): readonly Finding[] {
  return [
    ...disposed.map(({ input, location }) => finding('disposed-input', { input }, { location })),
    ...changed.map(({ input, method, location }) => finding('changed-input', { input, method }, { location })),
  ];
}

function leaked({ kept, leaks }: MemoryAccount): readonly Finding[] {
  const later = kept.slice(1);
  const tensors = later.reduce((total, count) => total + count, 0);
  if (tensors <= 0 || later.filter((count) => count > 0).length < LEAKING_CALLS) return [];
  return [finding('leaked-tensors', { tensors, calls: later.length, variables: leaks.variables }, { severity: 'warning', location: leaks.location })];
}

/** What is missing belongs around the whole body: the place is that of the loss. */
function untidied({ source }: CheckContext, { untidied: tensors }: MemoryAccount): readonly Finding[] {
  if (tensors === 0) return [];
  const location = source.declaration;
  return [finding('untidied-tensors', { tensors }, { severity: tensors > MANY_UNTIDIED ? 'warning' : 'info', location })];
}
