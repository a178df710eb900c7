"""Fit the weights of hiring search on planted pools: one weight after another, whichever step lifts NDCG@10 most.

``python benchmarks/hiring_fit.py --size 100000`` prints the weights; a person copies them into a new file with a new
name. Seeds of the fit are not those of the benchmark. Nothing here knows of people or of past hires.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hiring_pool import AS_OF, Pool, Query, pool, queries, relevance

FIT_SEED = 9_001
STEPS = (0.5, 0.75, 0.9, 1.1, 1.33, 2.0)


def gains(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp2(values) - 1)


def discounted(values: np.ndarray) -> float:
    """Discounted gain of grades in their order."""
    return float(np.sum(gains(values[:10]) / np.log2(np.arange(2, 2 + len(values[:10])))))


def ideal(people: Pool, query: Query) -> float:
    """The best that ten people could give."""
    grades = relevance(people, query)
    best = np.sort(np.partition(grades, len(grades) - 10)[-10:])[::-1]
    return discounted(best)


def fitted(size: int, count: int, rounds: int) -> dict[str, int]:
    from maitred.insight.ranking.index import Index
    from maitred.insight.ranking.scoring import asked, weights

    people = pool(size, FIT_SEED)
    folder = Path(tempfile.mkdtemp(prefix="maitred-fit-"))
    try:
        index = Index.open(folder)
        index.append(people.table)
        wanted = queries(count, FIT_SEED)
        best_gain = [ideal(people, one) for one in wanted]

        def value(given: dict[str, int]) -> float:
            named = replace(weights(), of=given)
            found = []
            for one, most in zip(wanted, best_gain, strict=True):
                hits = index.search(asked(one.chips, named), 10, AS_OF).hits
                rows = np.array([hit.key - 1 for hit in hits], np.int64)
                found.append(discounted(relevance(people, one, rows)) / most if most else 1.0)
            return float(np.mean(found))

        present = dict(weights().of)
        score = value(present)
        sys.stderr.write(f"begins at {score:.4f}\n")
        for _ in range(rounds):
            before = score
            for name in present:
                for step in STEPS:
                    tried = {**present, name: min(100, max(1, round(present[name] * step)))}
                    if tried != present and (found := value(tried)) > score + 1e-5:
                        present, score = tried, found
            sys.stderr.write(f"{score:.4f} {json.dumps(present)}\n")
            if score - before < 5e-4:
                break
        return present
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("--size", type=int, default=100_000)
    words.add_argument("--queries", type=int, default=150)
    words.add_argument("--rounds", type=int, default=4)
    given = words.parse_args()
    sys.stdout.write(json.dumps(fitted(given.size, given.queries, given.rounds), indent=1) + "\n")
