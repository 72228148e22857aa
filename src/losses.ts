/**
 * The public interface of `losscheck/losses`: each built-in loss as a function on tensors.
 *
 * They take the prediction first, then the target and further inputs, then the parameters that differ from
 * their defaults, and return a scalar tensor, or `[total, components]`. They compute with the copy of
 * `@tensorflow/tfjs-core` that the project has.
 *
 * @example
 * import { focal, forCompile } from 'losscheck/losses';
 *
 * optimizer.minimize(() => focal(model.predict(x), y, { gamma: 3 }));
 * model.compile({ optimizer, loss: forCompile(focal, { gamma: 3 }) });
 */
export { adaptiveWeighted } from './losses/adaptive-weighted.ts';
export { approxNdcg } from './losses/approx-ndcg.ts';
export { arcface } from './losses/arcface.ts';
export { bce } from './losses/bce.ts';
export { bceWithLogits } from './losses/bce-with-logits.ts';
export { center } from './losses/center.ts';
export { charbonnier } from './losses/charbonnier.ts';
export { ciou } from './losses/ciou.ts';
export { combined } from './losses/combined.ts';
export { contentStyle } from './losses/content-style.ts';
export { contrastive } from './losses/contrastive.ts';
export { cosine } from './losses/cosine.ts';
export { crossEntropy } from './losses/cross-entropy.ts';
export { crps } from './losses/crps.ts';
export { ctc } from './losses/ctc.ts';
export { dice } from './losses/dice.ts';
export { diceBce } from './losses/dice-bce.ts';
export { diou } from './losses/diou.ts';
export { distillation } from './losses/distillation.ts';
export { focal } from './losses/focal.ts';
export { focalMulticlass } from './losses/focal-multiclass.ts';
export { focalMulticlassWithLogits } from './losses/focal-multiclass-with-logits.ts';
export { focalTversky } from './losses/focal-tversky.ts';
export { focalWithLogits } from './losses/focal-with-logits.ts';
export { ganHinge } from './losses/gan-hinge.ts';
export { ganHingeGenerator } from './losses/gan-hinge-generator.ts';
export { gaussianNll } from './losses/gaussian-nll.ts';
export { generalRobust } from './losses/general-robust.ts';
export { generalizedCrossEntropy } from './losses/generalized-cross-entropy.ts';
export { giou } from './losses/giou.ts';
export { hinge } from './losses/hinge.ts';
export { huber } from './losses/huber.ts';
export { infoNce } from './losses/info-nce.ts';
export { jaccard } from './losses/jaccard.ts';
export { jensenShannon } from './losses/jensen-shannon.ts';
export { klDivergence } from './losses/kl-divergence.ts';
export { labelSmoothedCrossEntropy } from './losses/label-smoothed-cross-entropy.ts';
export { listmle } from './losses/listmle.ts';
export { listnet } from './losses/listnet.ts';
export { logCosh } from './losses/log-cosh.ts';
export { lovaszHinge } from './losses/lovasz-hinge.ts';
export { lovaszSoftmax } from './losses/lovasz-softmax.ts';
export { mae } from './losses/mae.ts';
export { marginRanking } from './losses/margin-ranking.ts';
export { mse } from './losses/mse.ts';
export { ntXent } from './losses/nt-xent.ts';
export { ohem } from './losses/ohem.ts';
export { pNormDistance } from './losses/p-norm-distance.ts';
export { physicsResidual } from './losses/physics-residual.ts';
export { poissonNll } from './losses/poisson-nll.ts';
export { quantile } from './losses/quantile.ts';
export { ranknet } from './losses/ranknet.ts';
export { sinkhorn } from './losses/sinkhorn.ts';
export { smoothL1 } from './losses/smooth-l1.ts';
export { softDtw } from './losses/soft-dtw.ts';
export { sparseCrossEntropy } from './losses/sparse-cross-entropy.ts';
export { squaredHinge } from './losses/squared-hinge.ts';
export { ssim } from './losses/ssim.ts';
export { studentTNll } from './losses/student-t-nll.ts';
export { symmetricCrossEntropy } from './losses/symmetric-cross-entropy.ts';
export { totalVariation } from './losses/total-variation.ts';
export { triplet } from './losses/triplet.ts';
export { tversky } from './losses/tversky.ts';
export { tweedie } from './losses/tweedie.ts';
export { uncertaintyWeighted } from './losses/uncertainty-weighted.ts';
export { vaeElbo } from './losses/vae-elbo.ts';
export { wasserstein1 } from './losses/wasserstein-1.ts';
export { weightedLogLoss } from './losses/weighted-log-loss.ts';
export { weightedMse } from './losses/weighted-mse.ts';
export { wgan } from './losses/wgan.ts';
export { wganGenerator } from './losses/wgan-generator.ts';
export { forCompile } from './losses/support/for-compile.ts';
