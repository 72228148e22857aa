import type { BuiltInLossId } from './index.ts';

/** What a loss is for, in the order of the page of losses. */
export const FAMILY_ORDER = [
  'regression',
  'classification',
  'segmentation and boxes',
  'ranking and metric learning',
  'likelihoods and divergences',
  'sequences and transport',
  'images and fields',
  'weighting and selection',
  'adversarial',
] as const;

type Family = (typeof FAMILY_ORDER)[number];

/** A loss without a family does not compile. */
export const FAMILIES: Readonly<Record<BuiltInLossId, Family>> = {
  mse: 'regression',
  'weighted-mse': 'regression',
  mae: 'regression',
  huber: 'regression',
  'p-norm-distance': 'regression',
  bce: 'classification',
  'bce-with-logits': 'classification',
  'cross-entropy': 'classification',
  'sparse-cross-entropy': 'classification',
  'weighted-log-loss': 'classification',
  focal: 'classification',
  'focal-with-logits': 'classification',
  'focal-multiclass': 'classification',
  'focal-multiclass-with-logits': 'classification',
  'generalized-cross-entropy': 'classification',
  'symmetric-cross-entropy': 'classification',
  'kl-divergence': 'likelihoods and divergences',
  'margin-ranking': 'ranking and metric learning',
  dice: 'segmentation and boxes',
  'dice-bce': 'segmentation and boxes',
  jaccard: 'segmentation and boxes',
  giou: 'segmentation and boxes',
  combined: 'weighting and selection',
  'adaptive-weighted': 'weighting and selection',
  'uncertainty-weighted': 'weighting and selection',
  ohem: 'weighting and selection',
  'vae-elbo': 'likelihoods and divergences',
  'content-style': 'images and fields',
  'total-variation': 'images and fields',
  'physics-residual': 'images and fields',
  'gan-hinge': 'adversarial',
  'gan-hinge-generator': 'adversarial',
  wgan: 'adversarial',
  'wgan-generator': 'adversarial',
};
