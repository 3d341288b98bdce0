"""Answers requests for the time of training steps in PyTorch: forward, backward, SGD with momentum, the loss read after every step.

One JSON object a line in, one out. {"network", "batch", "variant", "threads", "count"} gives {"milliseconds": of all steps together},
{"peak": true} gives {"peakMegabytes": the largest resident size so far}.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

# The networks are those that the trainer's are tested against.
sys.path.insert(0, str(Path(__file__).parents[2] / "packages" / "trainer-gpu" / "test" / "fixtures"))
import networks  # noqa: E402

torch.set_default_dtype(torch.float32)
networks.relu = F.relu  # without the bookkeeping of the fixtures


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def lenet():
    return nn.Sequential(
        *[nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10)],
    )


GREY = {"mlp": mlp, "lenet": lenet}
SETUPS = {}


class Setup:
    def __init__(self, network, batch, variant):
        torch.manual_seed(0)
        shape = (batch, 1, 28, 28) if network in GREY else (batch, 3, 32, 32)
        self.net = GREY[network]() if network in GREY else networks.NETWORKS[network][0]()
        self.images = torch.randn(shape)
        self.targets = torch.full((batch, 10), 0.1)
        if variant == "channels-last":
            self.net = self.net.to(memory_format=torch.channels_last)
            self.images = self.images.to(memory_format=torch.channels_last)
        self.forward = torch.compile(self.net) if variant == "compile" else self.net
        self.sgd = torch.optim.SGD(self.net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)

    def step(self):
        self.sgd.zero_grad()
        loss = F.cross_entropy(self.forward(self.images), self.targets)
        loss.backward()
        self.sgd.step()
        return loss.item()


def answer(request):
    if "peak" in request:
        return {"peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    torch.set_num_threads(request["threads"])
    key = (request["network"], request["batch"], request["variant"])
    if key not in SETUPS:
        SETUPS[key] = Setup(*key)
    start = time.perf_counter()
    for _ in range(request["count"]):
        SETUPS[key].step()
    return {"milliseconds": 1000 * (time.perf_counter() - start)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
