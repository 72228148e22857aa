import type { LossDocumentation } from '../contracts/define-loss.ts';
import type { LossMetadata } from '../contracts/metadata.ts';
import { adaptiveWeighted } from './adaptive-weighted.ts';
import { bceWithLogits } from './bce-with-logits.ts';
import { bce } from './bce.ts';
import { ciou } from './ciou.ts';
import { combined } from './combined.ts';
import { contentStyle } from './content-style.ts';
import { crossEntropy } from './cross-entropy.ts';
import { diceBce } from './dice-bce.ts';
import { dice } from './dice.ts';
import { diou } from './diou.ts';
import { focalMulticlassWithLogits } from './focal-multiclass-with-logits.ts';
import { focalMulticlass } from './focal-multiclass.ts';
import { focalTversky } from './focal-tversky.ts';
import { focalWithLogits } from './focal-with-logits.ts';
import { focal } from './focal.ts';
import { ganHingeGenerator } from './gan-hinge-generator.ts';
import { ganHinge } from './gan-hinge.ts';
import { generalizedCrossEntropy } from './generalized-cross-entropy.ts';
import { giou } from './giou.ts';
import { huber } from './huber.ts';
import { jaccard } from './jaccard.ts';
import { klDivergence } from './kl-divergence.ts';
import { labelSmoothedCrossEntropy } from './label-smoothed-cross-entropy.ts';
import { lovaszHinge } from './lovasz-hinge.ts';
import { lovaszSoftmax } from './lovasz-softmax.ts';
import { mae } from './mae.ts';
import { marginRanking } from './margin-ranking.ts';
import { mse } from './mse.ts';
import { ohem } from './ohem.ts';
import { pNormDistance } from './p-norm-distance.ts';
import { physicsResidual } from './physics-residual.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';
import { symmetricCrossEntropy } from './symmetric-cross-entropy.ts';
import { totalVariation } from './total-variation.ts';
import { tversky } from './tversky.ts';
import { uncertaintyWeighted } from './uncertainty-weighted.ts';
import { vaeElbo } from './vae-elbo.ts';
import { weightedLogLoss } from './weighted-log-loss.ts';
import { weightedMse } from './weighted-mse.ts';
import { wganGenerator } from './wgan-generator.ts';
import { wgan } from './wgan.ts';

/**
 * The losses that come with losscheck, by id, in the order of `losscheck list`.
 *
 * A key is the id on the command line and the name of the file.
 */
export const BUILT_IN_LOSSES = {
  mse,
  'weighted-mse': weightedMse,
  mae,
  huber,
  'p-norm-distance': pNormDistance,
  bce,
  'bce-with-logits': bceWithLogits,
  'cross-entropy': crossEntropy,
  'label-smoothed-cross-entropy': labelSmoothedCrossEntropy,
  'sparse-cross-entropy': sparseCrossEntropy,
  'weighted-log-loss': weightedLogLoss,
  focal,
  'focal-with-logits': focalWithLogits,
  'focal-multiclass': focalMulticlass,
  'focal-multiclass-with-logits': focalMulticlassWithLogits,
  'generalized-cross-entropy': generalizedCrossEntropy,
  'symmetric-cross-entropy': symmetricCrossEntropy,
  'kl-divergence': klDivergence,
  'margin-ranking': marginRanking,
  dice,
  'dice-bce': diceBce,
  jaccard,
  tversky,
  'focal-tversky': focalTversky,
  'lovasz-hinge': lovaszHinge,
  'lovasz-softmax': lovaszSoftmax,
  giou,
  diou,
  ciou,
  combined,
  'adaptive-weighted': adaptiveWeighted,
  'uncertainty-weighted': uncertaintyWeighted,
  ohem,
  'vae-elbo': vaeElbo,
  'content-style': contentStyle,
  'total-variation': totalVariation,
  'physics-residual': physicsResidual,
  'gan-hinge': ganHinge,
  'gan-hinge-generator': ganHingeGenerator,
  wgan,
  'wgan-generator': wganGenerator,
} as const satisfies Readonly<Record<string, LossMetadata & LossDocumentation>>;

export type BuiltInLossId = keyof typeof BUILT_IN_LOSSES;
