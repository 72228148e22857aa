import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { skip, statusOf, titleOf } from './finding.ts';
import { gradientEvidence } from './gradients/evidence.ts';
import { explainFailures, kinkNotes, mergeFindings } from './gradients/findings.ts';
import { jumpFindings } from './gradients/jumps.ts';
import { jumpsInLanes } from './gradients/jumps-in-lanes.ts';
import { compareMeasured, judge, measuredAt, type Compared, type Measured } from './gradients/measure.ts';
import { isManyElements, places } from './gradients/places.ts';

/** Does autograd agree with finite differences in float64, coordinate by coordinate? */
export const gradientMatch = defineCheck({
  id: 'gradient-match',
  title: 'autograd equals finite differences',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    if (context.differentiable.length === 0) return skip('no input has the role prediction or parameter');
    const { compared, first } = comparePlaces(context);
    const deciding = compared.filter(({ place }) => place.decides);
    if (deciding.length === 0) return skip('there is no gradient to compare: see scalar-output and gradient-flow');
    const failures = explainFailures(context, compared);
    const findings = [...failures.map(({ finding }) => finding), ...(isManyElements(context) ? jumpsInLanes(context, first) : jumpFindings(context)), ...kinkNotes(compared)];
    const merged = mergeFindings(findings);
    const evidence = gradientEvidence(context, compared, first, failures.filter(({ finding }) => merged.includes(finding)));
    return { ...summarise(merged, deciding), ...(evidence.length > 0 ? { evidence } : {}) };
  },
});

interface ComparedPlaces {
  readonly compared: readonly Compared[];
  /** What it took to compare the first point. */
  readonly first: readonly Measured[];
}

/** Beside the first point the special ones take their weights from there, where none of them vanishes. */
function comparePlaces(context: CheckContext): ComparedPlaces {
  const [base, ...others] = places(context);
  if (base === undefined) return { compared: [], first: [] };
  const first = measuredAt(context, base);
  const trace = first[0]?.trace ?? null;
  const unjudged = [
    ...first.map(compareMeasured),
    ...others.flatMap((place) => measuredAt(context, place, place.decides ? null : trace).map(compareMeasured)),
  ];
  return { compared: judge(unjudged), first };
}

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
  const chosen = isComplete(deciding) ? '' : ` (chosen at random from ${deciding.reduce((total, { size }) => total + size, 0)})`;
  const summary = `${coordinates} coordinates${chosen}${oneByOne(deciding)}, relative error at most ${maxRelativeError.toExponential(1)}, would have seen ${smallestDetectable.toExponential(1)}`;
  return { status, summary, metrics, findings };
}

/** Whether every coordinate of every input was compared at one point at least. */
function isComplete(deciding: readonly Compared[]): boolean {
  const inputs = new Set(deciding.map(({ input }) => input));
  return [...inputs].every((input) => deciding.some((one) => one.input === input && one.coordinates.length === one.size));
}

/** Why the loss was called for each coordinate, where it is the loss that asks for it. */
function oneByOne(deciding: readonly Compared[]): string {
  const reasons = new Set(deciding.flatMap(({ alone }) => (alone === null ? [] : [alone])));
  return reasons.size === 0 ? '' : `, each by calls of its own (${[...reasons].join('; ')})`;
}
