import type { DomainName, Role } from '../contracts/domain.ts';
import { defaultRole } from '../contracts/metadata.ts';

/** What the names in a loss say about its inputs. Hints only: what is taken must also work. */

/** Values that configure a loss rather than data: one number each. */
const SETTINGS: readonly RegExp[] = [
  /^(alpha|beta|gamma|delta|epsilon|eps|lambda|tau|p)$/i,
  /^(temperature|margin|smooth|step|epoch|momentum|power|reduction|scale)$/i,
];

export function isSetting(name: string, index: number): boolean {
  return index >= 2 && SETTINGS.some((pattern) => pattern.test(name));
}

export function roleByName(name: string, index: number): { role: Role; reason: string | null } {
  const role = defaultRole(name);
  if (role !== 'prediction') return { role, reason: null };
  if (isSetting(name, index)) return { role: 'weight', reason: 'its name reads like a setting' };
  const readsLikeTarget = /(label|target|truth|y_?true|y_?real|expected|observed|one_?hot|class_?(id|idx|index))/i.test(
    name,
  );
  if (readsLikeTarget && !/pred|logit/i.test(name)) return { role: 'target', reason: 'its name reads like a target' };
  return { role, reason: null };
}

type NamePattern = readonly [pattern: RegExp, domain: DomainName];

const PREDICTION_HINTS: readonly NamePattern[] = [
  [/box/i, 'boxes'],
  [/logits?(?![a-z])/i, 'logit'],
  [/prob/i, 'probability'],
  [/^p$/, 'probability'],
  [/log_?(var|sigma|std|prob)/i, 'real'],
  [/embed|anchor/i, 'unit-vector'],
  [/^(positives?|negatives?)$/i, 'unit-vector'],
  [/^(var|variance|sigma|std|stddev|rate)s?$/i, 'positive'],
];

const TARGET_HINTS: readonly NamePattern[] = [
  [/box/i, 'boxes'],
  [/one_?hot/i, 'one-hot'],
  [/sparse|ind(ex|ices)$|class_?(ids?|idx)|(label|target)_?(ids?|idx)$/i, 'class-index'],
  [/mask/i, 'binary'],
  [/sign/i, 'sign'],
  [/prob/i, 'probability'],
];

/** The domain that a name suggests, or null. */
export function domainByName(name: string, role: Role): DomainName | null {
  if (role === 'weight') return /mask/i.test(name) ? 'binary' : 'positive';
  // `logVar` before `logit`: the first pattern that matches counts, and a logarithm is any real number.
  const isLogarithm = /log_?(var|sigma|std|prob)/i.test(name);
  if (isLogarithm) return 'real';
  const hints = role === 'target' ? TARGET_HINTS : PREDICTION_HINTS;
  return hints.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

export interface DomainPair {
  readonly prediction: DomainName;
  readonly target: DomainName;
}

/** What the name of the loss, or the operations in its text, say about its domains: first come, first tried. */
export function domainsByLoss(name: string, text: string): readonly (DomainPair & { readonly why: string })[] {
  const squashes = /sigmoid/i.test(text);
  const normalises = /softmax/i.test(text);
  const called = (words: string): boolean => new RegExp(words, 'i').test(name);
  const pairs: (DomainPair & { why: string })[] = [];
  const add = (prediction: DomainName, target: DomainName, why: string): void => {
    pairs.push({ prediction, target, why });
  };
  if (called('sparse') || /sparse_?categorical/i.test(text)) {
    add('logit', 'class-index', 'the loss calls itself sparse');
    add('distribution', 'class-index', 'the loss calls itself sparse');
  }
  if (/\bcategorical_?crossentropy\(/i.test(text)) add('distribution', 'one-hot', 'the loss calls categoricalCrossentropy');
  if (/\bbinary_?crossentropy\(/i.test(text)) add('probability', 'binary', 'the loss calls binaryCrossentropy');
  if (normalises) add('logit', 'one-hot', 'the loss applies a softmax');
  if (squashes) add('logit', 'binary', 'the loss applies a sigmoid');
  if (called('dice|iou|jaccard|tversky')) add('probability', 'binary', 'the loss measures the overlap of masks');
  if (called('hinge')) add('real', 'sign', 'a hinge loss is on labels -1 and 1');
  if (called('kullback|divergence|jensen|^kld?(?![a-z])')) {
    add('distribution', 'distribution', 'the loss compares distributions');
  }
  if (called('poisson|tweedie|gamma')) add('positive', 'positive', 'the loss is on counts or rates');
  if (called('categorical')) add('distribution', 'one-hot', 'the loss calls itself categorical');
  return pairs;
}
