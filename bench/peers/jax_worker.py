"""jax.test_util.check_grads with its own tolerances. Modes: check_grads, value-and-gradient. See worker.py."""

import worker
import jax
import jax.numpy as jnp
import jax.test_util

jax.config.update("jax_enable_x64", True)
# Both for float64, where nothing else is said.
ATOL = RTOL = 1e-5


def planted_by(factors):
    @jax.custom_vjp
    def plant(x):
        return x

    plant.defvjp(lambda x: (x, None), lambda _, upstream: (upstream * factors,))
    return plant


def loss_of(job, target):
    factors = worker.factors(job)
    plant = None if factors is None else planted_by(jnp.asarray(factors))
    reduce = {"mean": jnp.mean, "sum": jnp.sum}[job["reduction"]]

    def loss(x):
        residual = (x if plant is None else plant(x)) - target
        size = jnp.abs(residual)
        return reduce(jnp.where(size < 1, 0.5 * residual * residual, size - 0.5))

    return loss


def prepare(job):
    prediction, target = (jnp.asarray(values) for values in worker.draw(job))
    loss = loss_of(job, target)
    if job["mode"] == "value-and-gradient":
        compiled = jax.jit(jax.value_and_grad(loss))

        def evaluate():
            jax.block_until_ready(compiled(prediction))
            return {"passed": None, "coordinates": 0, "smallest": None}

        return evaluate
    gradient = jax.grad(loss)(prediction)
    # One sum of all coordinates, with standard normal weights: as if the weight of the best were 1.
    smallest = (ATOL + RTOL * float(jnp.linalg.norm(gradient))) / float(jnp.max(jnp.abs(gradient)))

    def check():
        try:
            # A custom_vjp has no forward mode.
            jax.test_util.check_grads(loss, (prediction,), order=1, modes=("rev",), atol=ATOL, rtol=RTOL)
            passed = True
        except AssertionError:
            passed = False
        return {"passed": passed, "coordinates": 1, "smallest": smallest}

    return check


if __name__ == "__main__":
    worker.main(prepare, "jax")
