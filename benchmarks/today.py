"""How well Today finds planted problems in practice worlds, and how rarely it cries wolf; beside two simple dashboards.

``--size`` is the number of worlds (seeds from 101 on; ``--tuning`` takes those from 1 on, on which detectors may be
tuned). Worlds are simulated, imported through the canonical loading and replayed one after the other, each in a fresh
process. ``--document`` writes the figures to ``docs/today-figures.md``; ``--report FILE`` writes what was missed and
what fired wrongly, world by world.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

import measuring
import today_scoring as scoring

DEFAULT: Final = 6
LEARNING: Final = 60
FORM: Final = 1
"""Of the practice worlds; a new one makes them anew."""
GOALS: Final = (
    ("recall", "problems shown within 3 working days", "share", ">= 0.95"),
    ("recall_any_family", "the same, by whatever family of the cause", "share", None),
    ("found_at_all", "problems shown at all", "share", None),
    ("false_a_week", "false alarms a week", "alarms", "<= 1"),
    ("decoys", "harmless oddities flagged", "findings", "<= 0"),
    ("worst", "worst problem among the first 3 within 6 working days", "share", ">= 0.9"),
    ("coverage", "90 % intervals that hold the true effect", "share", ">= 0.85"),
    ("empty_intervals", "intervals that contain no effect", "rows", "<= 0"),
    ("further_a_day", "further rows a day for a cause already shown", "rows", "<= 0.1"),
    ("since_error", "onset off by (median)", "days", "<= 3"),
    ("actions", "first action is one that a good manager would take", "share", ">= 0.9"),
    ("causes", "stated cause is right", "share", ">= 0.8"),
    ("seconds", "a replay takes at most", "s", "<= 180"),
    ("failed", "detectors that are missing or broke", "detectors", "<= 0"),
)
CONTENDERS: Final = ("today", "weekly", "daily")


def figures(seeds: Sequence[int], report: Path | None = None) -> tuple[measuring.Sheet, dict[str, Any]]:
    """The sheet of ``maitred bench today`` and all figures behind it."""
    sheet = measuring.Sheet("today")
    verdicts: dict[str, list[scoring.Verdict]] = {name: [] for name in CONTENDERS}
    spent: list[float] = []
    failed: set[str] = set()
    with measuring.place() as folder:
        for seed in seeds:
            answer = measuring.child("today.py", "--part", "world", "--seed", str(seed), "--home", str(folder))
            for name in CONTENDERS:
                verdicts[name].append(scoring.Verdict(**answer[name]))
            spent.append(answer["seconds"])
            failed |= {f"{told} (world {seed})" if " broke: " in told else told for told in answer["failed"]}
            measuring.note(told_of(answer))
            if report is not None:
                report.write_text(reported(verdicts, spent, sorted(failed)), encoding="utf-8")
    found = {name: scoring.together(of) for name, of in verdicts.items()}
    for told in sorted(failed):
        measuring.note(told)
    found["today"]["seconds"], found["today"]["failed"] = max(spent), len(failed)
    fill(sheet, found)
    sheet.spread["replay"] = measuring.Spread(tuple(spent)).as_json()
    return sheet, found


def fill(sheet: measuring.Sheet, found: dict[str, Any]) -> None:
    """Each figure beside the better of the two dashboards, then each family's."""
    ours = found["today"]
    sheet.add("worlds", ours["worlds"], "worlds")
    sheet.add("planted problems judged", ours["problems"], "problems")
    for name, what, unit, goal in GOALS:
        if ours.get(name) is None:
            continue
        theirs = {one: found[one].get(name) for one in ("weekly", "daily") if found[one].get(name) is not None}
        peer = None
        if theirs and name in ("recall", "recall_any_family", "found_at_all", "false_a_week", "decoys", "worst"):
            better = min if name in ("false_a_week", "decoys") else max
            peer = better(theirs, key=lambda one: theirs[one])
        sheet.add(
            what,
            ours[name],
            unit,
            goal=goal,
            peer=f"dashboard, {peer} rule" if peer else None,
            peer_value=theirs[peer] if peer else None,
        )
    for family, told in ours["families"].items():
        if told["planted"]:
            sheet.add(f"{family}: found in time of {told['planted']}", told["in_time"], "problems")
        if told["false"]:
            sheet.add(f"{family}: false alarms", told["false"], "alarms")


# ---------------------------------------------------------------- one world


def world(seed: int, folder: Path) -> dict[str, Any]:
    """One world's verdicts: Today's and those of both dashboards, and the seconds that the replay took."""
    import today_baselines as baselines

    home, truth = workspace(seed, folder)
    with opened(home) as evidence:
        first = date.fromisoformat(truth["first"]) + timedelta(days=LEARNING)
        last = date.fromisoformat(truth["first"]) + timedelta(days=truth["days"])
        begun = time.perf_counter()
        rows, failed = replayed(evidence, first, last)
        spent = time.perf_counter() - begun
        shown = baselines.figures(evidence)
        found = {
            "today": rows,
            "weekly": baselines.weekly(evidence, first, last, shown),
            "daily": baselines.daily(evidence, first, last, shown),
        }
    (home / "today.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    answer = {name: asdict(scoring.judge(lines, truth)) for name, lines in found.items()}
    return {**answer, "seconds": round(spent, 2), "seed": seed, "failed": failed}


def replayed(evidence: Any, first: date, last: date) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines of ``maitred today --replay``, and what failed: modules that are not there, detectors that broke."""
    from importlib import import_module

    from maitred.insight.detectors import registry
    from maitred.insight.detectors.replaying import replay

    there: list[Any] = []
    failed: list[str] = []
    for name in registry.MODULES:
        try:
            there += [guarded(one, failed) for one in import_module(f"maitred.insight.detectors.{name}").DETECTORS]
        except (ImportError, AttributeError) as missing:
            failed.append(f"no detectors of {name}: {missing}")
    rows = list(replay(evidence, first, last, "06:00", detectors=tuple(there)))
    return rows, failed


def guarded(detector: Any, failed: list[str]) -> Any:
    """A detector that says nothing from the moment on at which it breaks, which is noted once."""
    import traceback
    from dataclasses import replace

    from maitred.insight.detectors.finding import Looked, Moment, Watch
    from maitred.insight.evidence.tables import Evidence

    def broke() -> None:
        told = traceback.format_exc().strip().splitlines()
        failed.append(f"{detector.name} broke: {told[-1]} ({' / '.join(line.strip() for line in told[-4:-1])})")

    def prepare(evidence: Evidence) -> Watch:
        watch: list[Watch] = []
        try:
            watch.append(detector.prepare(evidence))
        except Exception:  # noqa: BLE001 - whatever breaks in it is told
            broke()

        def look(moment: Moment) -> Looked:
            try:
                return watch[0](moment) if watch else Looked()
            except Exception:  # noqa: BLE001
                broke()
                watch.clear()
                return Looked()

        return look

    return replace(detector, prepare=prepare)


@contextmanager
def opened(home: Path) -> Iterator[Any]:
    """The evidence of a workspace's one source."""
    from maitred.insight.evidence.opening import evidence_of_workspace
    from maitred.metrics.refresh import open_workspace

    there = open_workspace(home)
    try:
        publication = there.publication()
        assert publication is not None
        yield evidence_of_workspace(there, publication, next(iter(publication.sources)))
    finally:
        there.close()


def workspace(seed: int, folder: Path) -> tuple[Path, dict[str, Any]]:
    """The workspace of a practice world, made once, and its truth."""
    import today_plants as plants
    import today_truth
    from today_worlds import practice

    made = practice(seed)
    home = folder / f"today-{FORM}-{seed}-{made.world.hash()[:8]}"
    happened = plants.simulated(made.world)
    if not (home / "whole").is_file():
        measuring.note(f"importing world {seed}")
        shutil.rmtree(home, ignore_errors=True)
        filled(home, happened, made.tagged)
        (home / "whole").touch()
    truth = today_truth.truth(made, happened)
    (home / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return home, truth


def filled(home: Path, happened: Any, tagged: float) -> None:
    """Bring what a helpdesk would know of a run into a new workspace."""
    import today_plants as plants

    from maitred.floor.records import settings, tables
    from maitred.metrics.pipeline import load_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.workspace import create

    rows = plants.without_topics(happened, plants.retold(happened, tables(happened, "practice")), tagged)
    create(home)
    there = open_workspace(home)
    try:
        given = settings(happened)
        load_and_publish(there, [rows], name="practice", as_of=given["as_of"], bots=given["bots"])
    finally:
        there.close()


# ---------------------------------------------------------------- what is told besides


def told_of(answer: dict[str, Any]) -> str:
    """One world in one line."""
    ours = answer["today"]
    judged = [one for one in ours["problems"] if one["judged"]]
    return (
        f"world {answer['seed']}: {sum(one['in_time'] for one in judged)} of {len(judged)} in time, "
        f"{len(ours['false'])} false alarms in {ours['days'] / 5:.0f} weeks, {answer['seconds']:.0f} s"
    )


def reported(verdicts: dict[str, list[scoring.Verdict]], spent: Sequence[float], failed: Sequence[str]) -> str:
    """What was missed and what fired wrongly, by family and world, for whoever improves a detector."""
    lines = ["# Practice worlds: what Today missed, and what it cried wolf about", ""]
    ours = scoring.together(verdicts["today"])
    lines += [f"- {what}: {short(ours.get(name))} (goal {goal or 'none'})" for name, what, _, goal in GOALS[:-2]]
    lines += [f"- slowest replay: {max(spent):.0f} s" if spent else "", ""]
    for name in ("weekly", "daily"):
        theirs = scoring.together(verdicts[name])
        lines.append(
            f"- {name} dashboard: recall {short(theirs['recall'])}, {short(theirs['false_a_week'])} false alarms a week"
        )
    lines += ["", "| family | planted | in time | by another family | at all | median delay | false alarms |"]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [
        f"| {family} | "
        + " | ".join(str(told[key]) for key in ("planted", "in_time", "as_other", "found", "delay", "false"))
        + " |"
        for family, told in ours["families"].items()
    ]
    lines += ["", "## Missing or broken", "", *(f"- {told}" for told in failed)]
    lines += ["", "## Not shown in time", ""]
    lines += [
        f"- {one['family']} ({one['kind']} {one['id']}, world {verdict.seed}): began {one['start']}, "
        f"could be known {one['detectable']}, found {one['found'] or 'never'}"
        f"{' (its cause was shown by another family)' if one['as_other'] else ''}"
        for verdict in verdicts["today"]
        for one in sorted(verdict.problems, key=lambda one: one["family"])
        if one["judged"] and not one["in_time"]
    ]
    lines += ["", "## False alarms", ""]
    lines += [
        f"- {one['family']} / {one['subject']['type']} {one['subject']['name'] or one['subject']['external_id']} "
        f"(world {verdict.seed}{', nothing wrong there' if not verdict.problems else ''}), {one['day']} rank "
        f"{one['rank']}, since {one['since']}: {one['title']} [{one['detector']}]"
        for verdict in verdicts["today"]
        for one in sorted(verdict.false, key=lambda one: (one["family"], one["day"]))
    ]
    lines += ["", "## Intervals that do not hold the true effect", ""]
    lines += [
        f"- {one['family']} ({one['id']}, world {verdict.seed}), {one['day']}: said {short(one['told']['value'])} "
        f"({short(one['told']['low'])} to {short(one['told']['high'])}) {one['told']['unit']}, "
        f"true {short(one['true'])} [{one['detector']}]"
        for verdict in verdicts["today"]
        for one in verdict.missed
    ]
    lines += ["", "## Decoys flagged", ""]
    lines += [
        f"- {one['decoy']} (world {verdict.seed}): {one['family']} / {one['subject']['name']}, {one['title']}"
        for verdict in verdicts["today"]
        for one in verdict.decoys
    ]
    return "\n".join(lines) + "\n"


def short(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def documented(found: dict[str, Any], seeds: Sequence[int]) -> str:
    """The page ``docs/today-figures.md``."""
    lines = [
        "# How well Today finds what is wrong",
        "",
        f"Measured on {len(seeds)} simulated organisations (seeds {seeds[0]} to {seeds[-1]}) on which no detector was",
        "tuned; every fifth has nothing wrong in it. Made by `python benchmarks/today.py --document`; how a figure is",
        "counted stands in `benchmarks/README.md`. The dashboards are two simple rules on the same data: a week that",
        "differs by more than 20 % from the one before, and a day outside three standard deviations of 28 days.",
        "",
        "| what | goal | Today | weekly rule | daily rule |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {what} | {goal or ''} | " + " | ".join(short(found[one].get(name)) for one in CONTENDERS) + " |"
        for name, what, _, goal in GOALS
    ]
    lines += ["", "| family | planted | in time | shown at all | median delay (working days) | false alarms |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        f"| `{family}` | "
        + " | ".join(
            "-" if told[key] is None else str(told[key]) for key in ("planted", "in_time", "found", "delay", "false")
        )
        + " |"
        for family, told in found["today"]["families"].items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--size", type=int, default=DEFAULT)
    words.add_argument("--tuning", action="store_true")
    words.add_argument("--document", action="store_true")
    words.add_argument("--report", type=Path)
    words.add_argument("--part")
    words.add_argument("--seed", type=int)
    words.add_argument("--home", type=Path)
    given = words.parse_args()
    if given.part:
        sys.stdout.write(json.dumps(world(given.seed, given.home)))
        return
    begin = 1 if given.tuning else 101
    seeds = tuple(range(begin, begin + given.size))
    sheet, found = figures(seeds, given.report)
    if given.document:
        page = measuring.HERE.parent / "docs" / "today-figures.md"
        page.write_text(documented(found, seeds), encoding="utf-8")
        measuring.note(f"written: {page.relative_to(measuring.HERE.parent)}")
    measuring.told(sheet)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
