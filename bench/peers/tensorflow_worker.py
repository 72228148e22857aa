"""tf.test.compute_gradient, judged with gradcheck's tolerances because it has none of its own.

Modes: compute_gradient, value-and-gradient. See worker.py.
"""

import worker
import numpy
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
ATOL, RTOL = 1e-5, 1e-3


def planted_by(factors):
    @tf.custom_gradient
    def plant(x):
        return tf.identity(x), lambda upstream: upstream * factors

    return plant


def loss_of(job, target):
    factors = worker.factors(job)
    plant = None if factors is None else planted_by(tf.constant(factors))
    reduce = {"mean": tf.reduce_mean, "sum": tf.reduce_sum}[job["reduction"]]

    def loss(x):
        residual = (x if plant is None else plant(x)) - target
        size = tf.abs(residual)
        return reduce(tf.where(size < 1, 0.5 * residual * residual, size - 0.5))

    return loss


def value_and_gradient(loss, prediction):
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        value = loss(prediction)
    return tape.gradient(value, prediction)


def prepare(job):
    prediction, target = (tf.constant(values) for values in worker.draw(job))
    loss = loss_of(job, target)
    if job["mode"] == "value-and-gradient":

        def evaluate():
            value_and_gradient(loss, prediction).numpy()
            return {"passed": None, "coordinates": 0, "smallest": None}

        return evaluate
    largest = float(tf.reduce_max(tf.abs(value_and_gradient(loss, prediction))))

    def check():
        theoretical, numerical = tf.test.compute_gradient(loss, [prediction])
        passed = bool(numpy.allclose(theoretical[0], numerical[0], atol=ATOL, rtol=RTOL))
        return {"passed": passed, "coordinates": int(tf.size(prediction)), "smallest": RTOL + ATOL / largest}

    return check


if __name__ == "__main__":
    worker.main(prepare, "tensorflow-cpu")
