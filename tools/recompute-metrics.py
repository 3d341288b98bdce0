"""Recomputes every metric of a run's predictions with scipy and scikit-learn, and compares.

Reads predictions/ of a finished run alone, computes each metric by its definition or by the library's own function, and compares
with what run-metrics.ts (the functions of @sd/report and @sd/metrics) gives: they must agree to 1e-9.

Run: python recompute-metrics.py FOLDER   (numpy 2.4, scipy 1.17, scikit-learn 1.9, safetensors 0.8; node on PATH)
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy import optimize, special, stats
from sklearn import metrics

TOLERANCE = 1e-9
BINS = 15


def read(folder, split):
    tensors = load_file(folder / "predictions" / f"{split}.safetensors")
    return tensors["logits"].astype(np.float64), tensors["labels"]


def temperature(logits, labels):
    """The root of the derivative of the mean NLL by 1/T."""
    own = logits[np.arange(len(labels)), labels]

    def slope(beta):
        return np.mean((special.softmax(beta * logits, axis=1) * logits).sum(1) - own)

    return 1 / optimize.brentq(slope, 1e-3, 1e3, xtol=1e-15, rtol=1e-15, maxiter=1000)


def in_bins(values, outcomes, edges):
    """Share, mean value and mean outcome of each bin (lo, hi] that is not empty."""
    bin_of = np.searchsorted(edges[1:-1], values, side="left")
    rows = [bin_of == b for b in range(len(edges) - 1)]
    return [(r.mean(), values[r].mean(), outcomes[r].mean(), r.sum()) for r in rows if r.any()]


def ece(values, outcomes, edges):
    return sum(share * abs(c - e) for share, c, e, _ in in_bins(values, outcomes, edges))


def equal_mass_edges(values):
    parts = np.array_split(np.sort(values), BINS)
    inner = [(a[-1] + b[0]) / 2 for a, b in zip(parts, parts[1:])]
    return np.unique([0, *inner, 1])


def smooth_ece(values, outcomes):
    """The width at which the smoothed error equals it; the kernel is reflected at 0 and 1."""
    residuals = (values - outcomes) / len(values)
    _, which = np.unique(values, return_inverse=True)
    centres, residuals = np.unique(values), np.bincount(which, weights=residuals)

    def error(sigma):
        nodes = max(2000, int(np.ceil(20 / sigma)))
        x = (np.arange(nodes) + 0.5) / nodes
        smoothed = np.zeros(nodes)
        for l in range(-1 - int(np.ceil(4 * sigma)), 2 + int(np.ceil(4 * sigma))):
            for sign in (1, -1):
                image = 2 * l + sign * centres
                # The others are more than 12 widths from every x.
                near = np.flatnonzero((image > -12 * sigma) & (image < 1 + 12 * sigma))
                for part in np.array_split(near, 20):
                    z = (x[:, None] - image[part]) / sigma
                    smoothed += (np.exp(-z * z / 2) / (sigma * np.sqrt(2 * np.pi))) @ residuals[part]
        return np.abs(smoothed).mean()

    return optimize.brentq(lambda s: error(s) - s, 1e-3, 1, xtol=1e-12)


def aurc(confidence, correct):
    """Within a block of equal confidences the errors are spread evenly."""
    levels, block = np.unique(-confidence, return_inverse=True)
    errors = np.bincount(block, weights=1 - correct) / np.bincount(block)
    cumulative = np.cumsum(errors[np.sort(block)])
    n = len(confidence)
    area = np.mean(cumulative / np.arange(1, n + 1))
    best = np.mean(np.maximum(0, np.arange(1, n + 1) - correct.sum()) / np.arange(1, n + 1))
    return area, area - best


def recompute(folder):
    logits, labels = read(folder, "test")
    n, k = logits.shape
    rows = np.arange(n)
    log_probs = special.log_softmax(logits, axis=1)
    probs = np.exp(log_probs)
    predicted = logits.argmax(1)
    correct = (predicted == labels).astype(float)
    confidence = probs.max(1)
    own = logits[rows, labels]
    others = logits.copy()
    others[rows, labels] = -np.inf
    margin = own - special.logsumexp(others, axis=1)
    t = temperature(*read(folder, "validation"))
    scaled = special.log_softmax(logits / t, axis=1)
    edges = np.arange(BINS + 1) / BINS
    bins = in_bins(confidence, correct, edges)
    window = int(np.sqrt(n) + 0.5)
    softplus = lambda x: np.logaddexp(0, x)
    area, excess = aurc(confidence, correct)
    false, true, _ = metrics.roc_curve(correct, confidence, drop_intermediate=False)
    onehot = np.eye(k)[labels]
    groups = [predicted == c for c in range(k) if (predicted == c).any()]
    base = onehot.mean(0)
    square = lambda x: (x**2).sum()
    return {
        "temperature": t,
        "accuracy": metrics.accuracy_score(labels, predicted),
        "nll": metrics.log_loss(labels, probs, labels=range(k)),
        "nllScaled": -scaled[rows, labels].mean(),
        "brier": metrics.brier_score_loss(labels, probs, labels=range(k), scale_by_half=False),
        "ece": ece(confidence, correct, edges),
        "eceScaled": ece(np.exp(scaled).max(1), correct, edges),
        "predictiveUncertainty": stats.entropy(probs, axis=1).mean(),
        "confidenceDiversity": stats.differential_entropy(margin, window_length=window, method="ebrahimi")
        + np.mean(-softplus(margin) - softplus(-margin)),
        "confidenceVariance": np.var(probs[rows, labels]),
        "top5": metrics.top_k_accuracy_score(labels, logits, k=5, labels=range(k)),
        "rmsce": np.sqrt(sum(share * (c - e) ** 2 for share, c, e, _ in bins)),
        "mce": max(abs(c - e) for _, c, e, _ in bins),
        "equalMass": ece(confidence, correct, equal_mass_edges(confidence)),
        "classwise": np.mean([ece(probs[:, c], onehot[:, c], edges) for c in range(k)]),
        "debiasedSquared": sum(
            share * ((c - e) ** 2 - e * (1 - e) / (count - 1)) for share, c, e, count in bins if count > 1
        ),
        "smooth": smooth_ece(confidence, correct),
        "aurc": area,
        "excessAurc": excess,
        "auroc": metrics.roc_auc_score(correct, confidence),
        "fpr95": false[np.argmax(true >= 0.95)],
        "reliability": sum(g.mean() * square(probs[g].mean(0) - onehot[g].mean(0)) for g in groups),
        "resolution": sum(g.mean() * square(onehot[g].mean(0) - base) for g in groups),
        "uncertainty": 1 - square(base),
        "vasicek": stats.differential_entropy(probs[rows, labels], window_length=window, method="vasicek"),
    }


def ours(folder):
    script = Path(__file__).with_name("run-metrics.ts")
    flags = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"]
    return json.loads(subprocess.run(["node", *flags, script, folder], check=True, stdout=subprocess.PIPE).stdout)


def main():
    folder = Path(sys.argv[1])
    own, theirs = ours(folder), recompute(folder)
    missing = sorted(theirs.keys() ^ own.keys())
    if missing:
        sys.exit(f"on one side only: {', '.join(missing)}")
    worst = 0
    for name, value in theirs.items():
        difference = abs(own[name] - value)
        worst = max(worst, difference)
        mark = "" if difference <= TOLERANCE else "  DIFFERS"
        print(f"{name:22} {own[name]:<22.15g} {value:<22.15g} {difference:.1e}{mark}")
    print(f"{len(theirs)} metrics, largest difference {worst:.1e}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
