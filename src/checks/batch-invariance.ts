import { defineCheck, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { reordered } from './batches/batch.ts';
import { comparable, lookAt, movedBy, rowsOf, type Look, type MovedSample } from './batches/batch-look.ts';
import { blameOrder } from './blame/order.ts';
import { twinsOf } from './blame/twins.ts';
import { conclude, finding, skip } from './finding.ts';
import { reductionOf } from './batches/reduction.ts';
import { ignoresRows, mostPlacesMatter, orderKind, type OrderKind } from './batches/row-order.ts';

/** Does the loss stay the same when the batch is repeated or reordered? */
export const batchInvariance = defineCheck({
  id: 'batch-invariance',
  title: 'a mean over the batch',
  severity: 'warning',
  precision: 64,
  run(context): CheckOutcome {
    const found = comparable(context);
    if (typeof found === 'string') return skip(found);
    const look = lookAt(context, found);
    return look === null ? undecided('zero or not finite at every sample, so there is nothing to compare') : judge(look);
  },
});

function undecided(summary: string): CheckOutcome {
  return { status: 'inconclusive', summary, metrics: {}, findings: [] };
}

function judge(look: Look): CheckOutcome {
  const [{ once, twice }] = look.seen;
  const metrics = { factor: look.factor ?? twice / once };
  const moved = movedBy(look);
  if (look.isLarge && (moved !== null || look.factor === null)) return skip('no plain mean or sum, and the inputs are too large to see why');
  const kind = moved === null ? null : orderKind(rowsOf(look));
  if (kind === 'fixed-length') return skip('the loss looks at a fixed number of rows: its leading axis is no batch');
  const misplaced = moved === null || kind === null ? null : orderFinding(look, moved, kind);
  if (misplaced === 'noise') return skip('a constant of the loss differs from row to row, as noise does');
  const { findings, summary } = reductionOf(look, moved !== null);
  if (misplaced === null) {
    return conclude(findings, `${summary}; their order ${moved === null ? 'does not matter' : 'matters, as along a grid or a series'}`, metrics);
  }
  // A loss that weighs rows by their place has no plain factor for that reason alone.
  return conclude([misplaced, ...findings.filter(({ severity }) => severity !== 'info')], 'the order of the rows matters, as along a series', metrics);
}

function orderFinding(look: Look, { sample, order, value }: MovedSample, kind: OrderKind): Finding | 'noise' | null {
  const isSuspect = kind === 'by-place' || (kind === 'by-some' && look.factor !== null);
  if (!isSuspect) return null;
  const { context, batch } = look;
  const before = context.reference.trace(sample.point, []);
  const after = context.reference.trace(reordered(sample.point, batch, order), []);
  const { withNoise, ...where } = blameOrder(twinsOf(before, after), before, order);
  if (withNoise) return 'noise';
  return finding('order-dependence', { before: sample.once, after: value }, { severity: mayBeSeries(look, kind) ? 'info' : 'warning', ...where });
}

/**
 * Whether the leading axis may be something else than a batch after all. Vectors that were declared as such may
 * be series, where a weight for each step is right. And where every row counts, a few of them once more by
 * themselves, those are the first value or the boundary of something. A loss that takes no notice of some rows,
 * however many there are, has rather forgotten them.
 */
function mayBeSeries(look: Look, kind: OrderKind): boolean {
  const { context, batch, factor } = look;
  const rows = rowsOf(look);
  const areVectors = context.inputs.every(({ name, shape, inferred }) => !batch.names.includes(name) || (shape.length === 1 && !inferred));
  if (ignoresRows(rows)) return areVectors && factor === null;
  return areVectors || (kind === 'by-place' && !mostPlacesMatter(rows));
}
