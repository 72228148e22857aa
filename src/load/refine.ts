import type { DomainName } from '../contracts/domain.ts';
import type { Argument } from './arguments.ts';
import { clipsToUnit, ignoresRowShift, leastAtMatch, weighsByTarget, type Laboratory } from './behaviour.ts';
import { FALLBACK_REASON, layouts, type Attempt, type Scheme } from './schemes.ts';
import { tryInputs, works } from './trial.ts';

/** How a loss can be run, before its inputs are decided. */
type Bench = Omit<Laboratory, 'specs'>;

/** A guess that works, under examination. */
interface Examined {
  readonly chosen: Attempt;
  readonly known: readonly Argument[];
  readonly bench: Bench;
  /** Names of the one prediction and the first target; the domain of neither is declared. */
  readonly prediction: string;
  readonly target: string;
}

type Correction = (examined: Examined) => Attempt;

const CLIPPED = 'the loss stops changing outside [0, 1]';
const SHIFTED = 'the loss does not change when a row is shifted, as under softmax';
const LINEAR = 'the loss is linear in the target, as with labels 0 and 1';
const COUNTS = 'all positive numbers work and the loss is least where both agree';
const SOFT = 'rows need not sum to 1 for the loss to be least where both agree';

/** By the domains that were guessed, prediction first. A guess from names is corrected only for logits. */
const CORRECTIONS: Readonly<Record<string, Correction>> = {
  'real/real': ofReals,
  // Only a guess without a reason of its own is doubted.
  'probability/binary': (examined) =>
    examined.chosen.scheme.why === FALLBACK_REASON ? ifLeastAtMatch(examined, 'positive', COUNTS) : examined.chosen,
  'distribution/distribution': (examined) => ifLeastAtMatch(examined, 'probability', SOFT),
  'logit/binary': ofLogits,
  'logit/one-hot': ofLogits,
};

/** A narrower meaning for a guess that works, if the loss behaves that way; else the guess itself. */
export function refine(chosen: Attempt, known: readonly Argument[], bench: Bench): Attempt {
  const pair = undeclaredPair(known);
  const { prediction, target, byName } = chosen.scheme;
  const correct = CORRECTIONS[`${prediction}/${target}`];
  if (pair === null || correct === undefined || (byName && prediction !== 'logit')) return chosen;
  return correct({ chosen, known, bench, ...pair });
}

function ofReals(examined: Examined): Attempt {
  const lab = laboratoryOf(examined);
  if (clipsToUnit(lab, examined.prediction, 'binary')) return changed(examined, 'probability', 'binary', CLIPPED);
  if (!weighsByTarget(lab, examined.prediction, examined.target)) return examined.chosen;
  return ignoresRowShift(lab, examined.prediction)
    ? changed(examined, 'logit', 'one-hot', SHIFTED)
    : changed(examined, 'logit', 'binary', LINEAR);
}

/** Logits by name: one-hot under a softmax, and probabilities after all when the loss clips them. */
function ofLogits(examined: Examined): Attempt {
  const lab = laboratoryOf(examined);
  const { target } = examined.chosen.scheme;
  if (clipsToUnit(lab, examined.prediction, target)) {
    return changed(examined, target === 'one-hot' ? 'distribution' : 'probability', target, CLIPPED);
  }
  const isOneHot = target === 'binary' && ignoresRowShift(lab, examined.prediction);
  return isOneHot ? changed(examined, 'logit', 'one-hot', SHIFTED) : examined.chosen;
}

/** The wider domain on both sides, when the loss works there and treats the target as its goal. */
function ifLeastAtMatch(examined: Examined, domain: DomainName, why: string): Attempt {
  const wider = changed(examined, domain, domain, why);
  if (wider === examined.chosen) return wider;
  const lab = laboratoryOf({ ...examined, chosen: wider });
  return leastAtMatch(lab, examined.prediction, examined.target) ? wider : examined.chosen;
}

function laboratoryOf({ chosen, bench }: Examined): Laboratory {
  return { ...bench, specs: chosen.trial.specs };
}

/** The same shape with other domains, if the loss works there; else what was chosen. */
function changed(examined: Examined, prediction: DomainName, target: DomainName, why: string): Attempt {
  const { chosen, known, bench } = examined;
  const scheme: Scheme = { prediction, target, why, byName: false };
  for (const specs of layouts(known, scheme, chosen.shape)) {
    const trial = tryInputs(specs, bench.run, bench.sample, bench.random);
    if (works(trial)) return { scheme, shape: chosen.shape, trial };
  }
  return chosen;
}

function undeclaredPair(known: readonly Argument[]): { prediction: string; target: string } | null {
  const predictions = known.filter(({ role }) => role === 'prediction');
  const target = known.find(({ role }) => role === 'target');
  const [prediction] = predictions;
  if (predictions.length !== 1 || prediction === undefined || target === undefined) return null;
  if (prediction.domain !== null || target.domain !== null) return null;
  return { prediction: prediction.name, target: target.name };
}
