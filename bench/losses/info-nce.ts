import * as tf from '@tensorflow/tfjs';

/**
 * InfoNCE: every row of `anchors` has to find its own row of `positives` among all of them. Each of the B rows meets
 * each other, so one evaluation costs B² D: for B = D = sqrt(N), N^1.5.
 */
export function infoNce(anchors: tf.Tensor2D, positives: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const unit = (rows: tf.Tensor2D): tf.Tensor2D => tf.div(rows, tf.norm(rows, 2, -1, true));
    const similarities = tf.div(tf.matMul(unit(anchors), unit(positives), false, true), 0.2);
    const own = tf.mul(tf.logSoftmax(similarities), tf.eye(anchors.shape[0]));
    return tf.neg(tf.div(tf.sum(own), anchors.shape[0])).asScalar();
  });
}

export const losscheck = {
  inputs: {
    anchors: { shape: [8, 8], domain: 'real' },
    positives: { shape: [8, 8], domain: 'real', role: 'target' },
  },
};
