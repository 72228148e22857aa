"""A gradient check of one framework as a worker: a job a line on stdin, an answer a line on stdout.

A job is a JSON object:
    loss         "huber", the only one that every peer computes
    reduction    "mean" or "sum"
    shape        of prediction and target, both standard normal, float64
    seed         of the inputs
    mode         what to time, one of the framework's MODES
    repetitions  how often
    fault        null, or {"coordinate": i, "factor": f}: that entry of the gradient is multiplied by f

An answer holds "seconds" (a list), "passed" (null where nothing is judged), "coordinates" (how many numbers were
compared with a difference) and "smallest": the smallest relative error of a single coordinate that the
tolerances could have let the check see, at the coordinate where it sees best; null where nothing is judged.

With `--once JOB` a framework runs a single job and ends: a whole process, from outside.
"""

import importlib.metadata
import json
import os
import sys
import time

# Before a framework is imported: they read these once.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


def draw(job):
    import numpy

    random = numpy.random.RandomState(job["seed"])
    prediction = random.standard_normal(job["shape"])
    return prediction, random.standard_normal(job["shape"])


def factors(job):
    """What each entry of the gradient is multiplied by; None when nothing is planted."""
    import numpy

    fault = job.get("fault")
    if fault is None:
        return None
    planted = numpy.ones(job["shape"])
    planted.reshape(-1)[fault["coordinate"]] = fault["factor"]
    return planted


def answer(prepare, job):
    run = prepare(job)
    seconds = []
    verdict = None
    for _ in range(job.get("repetitions", 1)):
        started = time.perf_counter()
        verdict = run()
        seconds.append(time.perf_counter() - started)
    return {"seconds": seconds, **verdict}


def main(prepare, package):
    """`prepare(job)` gives a function that runs the job once and returns the rest of the answer."""
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(answer(prepare, json.loads(sys.argv[2]))))
        return
    # The frameworks print to stdout as they please; answers keep a stream of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(message):
        answers.write(json.dumps(message, allow_nan=False) + "\n")
        answers.flush()

    python = ".".join(str(part) for part in sys.version_info[:3])
    say({"ready": True, "version": importlib.metadata.version(package), "runtime": f"Python {python}"})
    for line in sys.stdin:
        try:
            say(answer(prepare, json.loads(line)))
        except Exception as error:  # Whatever it is, the benchmark shows it in the cell.
            say({"error": f"{type(error).__name__}: {error}"})
