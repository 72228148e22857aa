"""torch.autograd.gradcheck with its own tolerances. Modes: slow, fast, value-and-gradient. See worker.py."""

import math

import worker
import torch

torch.set_num_threads(1)
torch.set_num_interop_threads(1)
ATOL, RTOL = 1e-5, 1e-3


class Planted(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, planted):
        ctx.save_for_backward(planted)
        return x.clone()

    @staticmethod
    def backward(ctx, upstream):
        return upstream * ctx.saved_tensors[0], None


def loss_of(job, target):
    planted = worker.factors(job)
    factors = None if planted is None else torch.from_numpy(planted)

    def loss(x):
        seen = x if factors is None else Planted.apply(x, factors)
        # Written out as in the other peers: torch's own huber_loss is one fused operation.
        residual = seen - target
        size = residual.abs()
        losses = torch.where(size < 1, 0.5 * residual * residual, size - 0.5)
        return losses.mean() if job["reduction"] == "mean" else losses.sum()

    return loss


def smallest(gradient, fast):
    """|a - n| <= atol + rtol |n|, for each coordinate or for one weighted sum of all of them."""
    largest = float(gradient.abs().max())
    if not fast:
        return RTOL + ATOL / largest
    # The weights are uniform in [0, 1] and divided by their norm; atol is multiplied by their sum.
    count = gradient.numel()
    projected = abs(float(gradient.sum())) * math.sqrt(0.75 / count)
    return (ATOL * math.sqrt(0.75 * count) + RTOL * projected) / (largest * math.sqrt(3 / count))


def prepare(job):
    prediction, target = (torch.from_numpy(values) for values in worker.draw(job))
    prediction.requires_grad_(True)
    loss = loss_of(job, target)
    (gradient,) = torch.autograd.grad(loss(prediction), prediction)
    if job["mode"] == "value-and-gradient":

        def evaluate():
            torch.autograd.grad(loss(prediction), prediction)
            return {"passed": None, "coordinates": 0, "smallest": None}

        return evaluate
    fast = {"slow": False, "fast": True}[job["mode"]]
    seen = {"coordinates": 1 if fast else prediction.numel(), "smallest": smallest(gradient, fast)}

    def check():
        # The direction of fast mode and the upstream of slow mode are drawn from here.
        torch.manual_seed(job["seed"])
        passed = torch.autograd.gradcheck(
            loss, (prediction,), atol=ATOL, rtol=RTOL, fast_mode=fast, raise_exception=False
        )
        return {"passed": passed, **seen}

    return check


if __name__ == "__main__":
    worker.main(prepare, "torch")
