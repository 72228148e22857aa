import { defineCheck, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { skip, statusOf, titleOf } from './finding.ts';
import { explainFailures, kinkNotes, mergeFindings } from './gradients/findings.ts';
import { jumpFindings } from './gradients/jumps.ts';
import { compareAt, judge, type Compared } from './gradients/measure.ts';
import { places } from './gradients/places.ts';

/** Does autograd agree with finite differences in float64, coordinate by coordinate? */
export const gradientMatch = defineCheck({
  id: 'gradient-match',
  title: 'autograd equals finite differences',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    if (context.differentiable.length === 0) return skip('no input has the role prediction or parameter');
    const compared = judge(places(context).flatMap((place) => compareAt(context, place)));
    const deciding = compared.filter(({ place }) => place.decides);
    if (deciding.length === 0) return skip('there is no gradient to compare: see scalar-output and gradient-flow');
    const findings = [...explainFailures(context, compared), ...jumpFindings(context), ...kinkNotes(compared)];
    return summarise(mergeFindings(findings), deciding);
  },
});

function summarise(findings: readonly Finding[], deciding: readonly Compared[]): CheckOutcome {
  const coordinates = deciding.reduce((total, one) => total + one.coordinates.length, 0);
  const maxRelativeError = Math.max(...deciding.map(({ verdict }) => verdict.maxRelativeError));
  // Points at which every derivative is zero (an inactive hinge) have nothing to compare.
  const informative = deciding.map(({ verdict }) => verdict.smallestDetectable).filter(Number.isFinite);
  const smallestDetectable = informative.length === 0 ? Infinity : Math.max(...informative);
  const unresolved = deciding.reduce((total, { verdict }) => total + verdict.unresolved, 0);
  const metrics = { coordinates, unresolved, maxRelativeError, smallestDetectable };
  const status = statusOf(findings);
  const isUndecided = informative.length === 0 || deciding.some(({ verdict }) => verdict.status === 'inconclusive');
  const undecided = `${unresolved} of ${coordinates} coordinates could not be resolved`;
  if (status !== 'pass') {
    const first = findings.find(({ severity }) => severity === (status === 'fail' ? 'error' : 'warning'));
    const outcome = { status, summary: first === undefined ? '' : titleOf(first.code), metrics, findings };
    return isUndecided ? { ...outcome, undecided } : outcome;
  }
  if (isUndecided) return { status: 'inconclusive', summary: undecided, metrics, findings };
  const skipped = deciding.filter(({ size, coordinates: { length } }) => length < size);
  const chosen = skipped.length > 0 ? ` (chosen at random from ${deciding.reduce((total, { size }) => total + size, 0)})` : '';
  const summary = `${coordinates} coordinates${chosen}, relative error at most ${maxRelativeError.toExponential(1)}, would have seen ${smallestDetectable.toExponential(1)}`;
  return { status, summary, metrics, findings };
}
