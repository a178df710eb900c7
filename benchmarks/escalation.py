"""How well are escalations foreseen on simulated organisations whose chances are known, beside two simple rules?

    python benchmarks/escalation.py [--seeds 101 102 …] [--share 0.08] [--json]

Each seed is an organisation of 320 days with hidden parameters of its own (``floor.escalating``). "floor" is the
floor's own chance, which no forecast can beat but by luck. Seeds 1 to 3 were looked at while the model was made.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from maitred.insight.calibration import NotEnoughData
from maitred.insight.escalation import comparing, learning
from maitred.insight.escalation.tests.worlds import hidden_world

SEEDS = (101, 102, 103, 104, 105, 106)
COLUMNS = ("seed", "rule", "n", "escalated", "flagged", "precision", "recall", "lead_h", "auc", "slope")


def rows(seed: int, share: float) -> list[dict[str, Any]]:
    """The rules on one organisation."""
    world = hidden_world(seed)
    found = learning.learned(world.evidence, world.played.at)
    if isinstance(found, NotEnoughData):
        return [{"seed": seed, "rule": "not_enough_data", "n": found.n, "escalated": found.n}]
    looks = found.ahead.looks
    best = comparing.fared(found.ahead, "floor", world.knows(looks.ticket, looks.at), share)
    return [
        {
            "seed": seed, "rule": one.rule, "n": one.tickets, "escalated": one.escalated,
            "flagged": round(one.flagged, 3), "precision": _round(one.precision), "recall": _round(one.recall),
            "lead_h": _round(one.lead_hours, 1), "auc": _round(one.auc), "slope": _round(one.slope),
            "of_best": _round(one.auc / best.auc),
        }
        for one in (*comparing.table(found, share), best)
    ]  # fmt: skip


def _round(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def main(words: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--share", type=float, default=0.08)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    found = [row for seed in asked.seeds for row in rows(seed, asked.share)]
    if asked.json:
        json.dump(found, sys.stdout)
        return
    names = (*COLUMNS, "of_best")
    sys.stdout.write("  ".join(f"{name:>14}" for name in names) + "\n")
    for row in found:
        told = ("–" if row.get(name) is None else str(row[name]) for name in names)
        sys.stdout.write("  ".join(f"{one:>14}" for one in told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
