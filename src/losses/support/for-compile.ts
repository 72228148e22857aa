import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossResult } from '../../contracts/define-loss.ts';
import type { LossMetadata } from '../../contracts/metadata.ts';

/** A loss of one prediction and one target, as `defineLoss` makes it. */
interface PairLoss<O> {
  (first: Tensor, second: Tensor, options?: O): LossResult;
  readonly inputs?: LossMetadata['inputs'];
  readonly params?: unknown;
}

/**
 * A loss for `model.compile` of tfjs-layers, which calls its losses as `(yTrue, yPred)`.
 *
 * A loss with a `reduction` gives one value for each sample, the mean over its other axes, so that
 * `sampleWeight` and `classWeight` of `model.fit` act on samples; the mean of these is the loss. Of a loss
 * with components it gives the total.
 *
 * @param options the parameters of the loss; a `reduction` among them is used as it is
 * @throws TypeError for a loss that takes anything but one prediction and one target of the same shape; when
 *   called, for options that the loss refuses
 * @example
 * model.compile({ optimizer: 'adam', loss: forCompile(focal, { gamma: 3 }) });
 */
export function forCompile<O>(loss: PairLoss<O>, options?: O): (yTrue: Tensor, yPred: Tensor) => Tensor {
  const isTargetFirst = requirePair(loss);
  const bySample = hasReduction(loss.params) && !('reduction' in { ...options });
  const given = bySample ? { ...options, reduction: 'none' } : options;
  return (yTrue, yPred) =>
    tf.tidy(() => {
      const [first, second] = isTargetFirst ? [yTrue, yPred] : [yPred, yTrue];
      const result: unknown = given === undefined ? loss(first, second) : Reflect.apply(loss, undefined, [first, second, given]);
      const total = totalOf(result);
      return bySample && total.rank > 1 ? tf.mean(tf.reshape(total, [total.shape[0] ?? 1, -1]), 1) : total;
    });
}

/** True when the target comes first. */
function requirePair<O>({ name, inputs = {} }: PairLoss<O>): boolean {
  const roles = Object.values(inputs).map(({ role }) => role ?? 'prediction');
  const target = Object.values(inputs).find(({ role }) => role === 'target');
  if (roles.length !== 2 || target === undefined || !roles.includes('prediction')) {
    throw new TypeError(
      `${name || 'this loss'} takes (${Object.keys(inputs).join(', ')}): model.compile gives a loss one target and one prediction. ` +
        'Call it in a training loop of your own, with optimizer.minimize.',
    );
  }
  if (target.domain === 'class-index') {
    throw new TypeError(
      `${name || 'this loss'} takes class indices: model.compile wants targets in the shape of the prediction. ` +
        'Take the loss for one-hot targets.',
    );
  }
  return roles[0] === 'target';
}

/** `params` is a zod object, whose fields are its `shape`. */
function hasReduction(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false;
  const fields: unknown = Reflect.get(params, 'shape');
  return typeof fields === 'object' && fields !== null && 'reduction' in fields;
}

function totalOf(result: unknown): Tensor {
  const total: unknown = Array.isArray(result) ? result[0] : result;
  if (total instanceof tf.Tensor) return total;
  throw new TypeError('forCompile expects a loss that returns a tensor, or [total, components].');
}
