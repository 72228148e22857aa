import type { LossDocumentation } from '../contracts/define-loss.ts';
import type { LossMetadata } from '../contracts/metadata.ts';
import { adaptiveWeighted } from './adaptive-weighted.ts';
import { approxNdcg } from './approx-ndcg.ts';
import { arcface } from './arcface.ts';
import { bceWithLogits } from './bce-with-logits.ts';
import { bce } from './bce.ts';
import { center } from './center.ts';
import { charbonnier } from './charbonnier.ts';
import { ciou } from './ciou.ts';
import { combined } from './combined.ts';
import { contentStyle } from './content-style.ts';
import { contrastive } from './contrastive.ts';
import { cosine } from './cosine.ts';
import { crossEntropy } from './cross-entropy.ts';
import { crps } from './crps.ts';
import { ctc } from './ctc.ts';
import { diceBce } from './dice-bce.ts';
import { dice } from './dice.ts';
import { diou } from './diou.ts';
import { distillation } from './distillation.ts';
import { focalMulticlassWithLogits } from './focal-multiclass-with-logits.ts';
import { focalMulticlass } from './focal-multiclass.ts';
import { focalTversky } from './focal-tversky.ts';
import { focalWithLogits } from './focal-with-logits.ts';
import { focal } from './focal.ts';
import { ganHingeGenerator } from './gan-hinge-generator.ts';
import { ganHinge } from './gan-hinge.ts';
import { gaussianNll } from './gaussian-nll.ts';
import { generalRobust } from './general-robust.ts';
import { generalizedCrossEntropy } from './generalized-cross-entropy.ts';
import { giou } from './giou.ts';
import { hinge } from './hinge.ts';
import { huber } from './huber.ts';
import { infoNce } from './info-nce.ts';
import { jaccard } from './jaccard.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { klDivergence } from './kl-divergence.ts';
import { labelSmoothedCrossEntropy } from './label-smoothed-cross-entropy.ts';
import { listmle } from './listmle.ts';
import { listnet } from './listnet.ts';
import { logCosh } from './log-cosh.ts';
import { lovaszHinge } from './lovasz-hinge.ts';
import { lovaszSoftmax } from './lovasz-softmax.ts';
import { mae } from './mae.ts';
import { marginRanking } from './margin-ranking.ts';
import { mse } from './mse.ts';
import { ntXent } from './nt-xent.ts';
import { ohem } from './ohem.ts';
import { pNormDistance } from './p-norm-distance.ts';
import { physicsResidual } from './physics-residual.ts';
import { poissonNll } from './poisson-nll.ts';
import { quantile } from './quantile.ts';
import { ranknet } from './ranknet.ts';
import { sinkhorn } from './sinkhorn.ts';
import { smoothL1 } from './smooth-l1.ts';
import { softDtw } from './soft-dtw.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';
import { squaredHinge } from './squared-hinge.ts';
import { ssim } from './ssim.ts';
import { studentTNll } from './student-t-nll.ts';
import { symmetricCrossEntropy } from './symmetric-cross-entropy.ts';
import { totalVariation } from './total-variation.ts';
import { triplet } from './triplet.ts';
import { tversky } from './tversky.ts';
import { tweedie } from './tweedie.ts';
import { uncertaintyWeighted } from './uncertainty-weighted.ts';
import { vaeElbo } from './vae-elbo.ts';
import { wasserstein1 } from './wasserstein-1.ts';
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
  'smooth-l1': smoothL1,
  'log-cosh': logCosh,
  charbonnier,
  'general-robust': generalRobust,
  quantile,
  'p-norm-distance': pNormDistance,
  'gaussian-nll': gaussianNll,
  'student-t-nll': studentTNll,
  'poisson-nll': poissonNll,
  tweedie,
  crps,
  cosine,
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
  hinge,
  'squared-hinge': squaredHinge,
  'kl-divergence': klDivergence,
  'jensen-shannon': jensenShannon,
  distillation,
  'wasserstein-1': wasserstein1,
  sinkhorn,
  'soft-dtw': softDtw,
  ctc,
  'margin-ranking': marginRanking,
  triplet,
  contrastive,
  'info-nce': infoNce,
  'nt-xent': ntXent,
  arcface,
  center,
  ranknet,
  listnet,
  listmle,
  'approx-ndcg': approxNdcg,
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
  ssim,
  'total-variation': totalVariation,
  'physics-residual': physicsResidual,
  'gan-hinge': ganHinge,
  'gan-hinge-generator': ganHingeGenerator,
  wgan,
  'wgan-generator': wganGenerator,
} as const satisfies Readonly<Record<string, LossMetadata & LossDocumentation>>;

export type BuiltInLossId = keyof typeof BUILT_IN_LOSSES;
