"""Times the total loss of distillation with autograd, and torchmetrics' ECE, on one thread.

One JSON object a line in, {"task", "n", "k", "count"}; one out, {"milliseconds": of all runs}.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def total_loss(n, k, count):
    generator = torch.Generator().manual_seed(0)
    logits = (torch.randn(n, k, generator=generator) * 3).requires_grad_()
    teacher = torch.randn(n, k, generator=generator) * 3
    labels = torch.randint(k, (n,), generator=generator)
    start = time.perf_counter()
    for _ in range(count):
        logits.grad = None
        log_p = F.log_softmax(logits, 1)
        hard = F.nll_loss(log_p, labels)
        soft = -(F.softmax(teacher / 4, 1) * log_p).sum(1).mean()
        (0.6 * hard + 0.4 * soft).backward()
    return time.perf_counter() - start


def ece_stream(n, k, count, chunk=10_000):
    """ECE of n rows, which come as the same chunk of logits again and again."""
    from torchmetrics.classification import MulticlassCalibrationError

    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(chunk, k, generator=generator) * 3
    labels = torch.randint(k, (chunk,), generator=generator)
    start = time.perf_counter()
    for _ in range(count):
        metric = MulticlassCalibrationError(num_classes=k, n_bins=15)
        for _ in range(n // chunk):
            metric.update(logits, labels)
        metric.compute().item()
    return time.perf_counter() - start


TASKS = {"total_loss": total_loss, "ece_stream": ece_stream}
for line in sys.stdin:
    request = json.loads(line)
    seconds = TASKS[request["task"]](request["n"], request["k"], request["count"])
    print(json.dumps({"milliseconds": 1000 * seconds}))
