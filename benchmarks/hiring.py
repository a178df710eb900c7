"""Hiring search on a planted pool: how long a query computes, how much is resident, and how good the first ten are.

Beside it, in the same run on the same people: tantivy, a full-text engine, with the same filters of role and place, and
ten people drawn at random among those whose role and place fit. ``--size`` is the number of people.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measuring
import numpy as np
from hiring_fit import discounted, ideal
from hiring_pool import AS_OF, Pool, Query, pool, queries, relevance
from measuring import Sheet

POOL_SEED, QUERY_SEED = 2_026, 4_711
QUERIES, ANY_ROLE, JUDGED = 300, 30, 120
SECONDS = 5.0


def figures(size: int) -> Sheet:
    """Build, search, judge."""
    sheet = Sheet("hiring")
    folder = Path(tempfile.mkdtemp(prefix="maitred-hiring-"))
    try:
        measuring.note(f"drawing {size:,} people")
        people = pool(size, POOL_SEED)
        begun = time.perf_counter()
        _index(folder).append(people.table)
        sheet.add("people into the index", size / (time.perf_counter() - begun), "rows/s")
        found = measuring.child("hiring.py", "--part", "speed", "--home", str(folder), "--size", str(size))
        _speed(sheet, found, size)
        sheet.add("two processes", _two(folder), "searches/s", goal=">= 200")
        _erasing(sheet, folder, people)
        _quality(sheet, folder, people)
        return sheet
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _index(folder: Path) -> Any:
    from maitred.insight.ranking.index import Index

    return Index.open(folder / "index")


def _asked(count: int, seed: int, *, titled: bool = True) -> list[Any]:
    from maitred.insight.ranking.scoring import asked, weights

    return [asked(one.chips, weights()) for one in queries(count, seed, titled=titled)]


def speed(given: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own: cold start, CPU of a query, what is resident."""
    begun = time.perf_counter()
    index = _index(given.home)
    first = _asked(1, QUERY_SEED + 1)[0]
    index.search(first, 10, AS_OF)
    cold = time.perf_counter() - begun
    wanted = _asked(QUERIES, QUERY_SEED)
    for one in wanted[:20]:
        index.search(one, 10, AS_OF)
    scoped, wall, considered = [], [], []
    for one in wanted:
        started, computing = time.perf_counter(), time.process_time()
        found = index.search(one, 10, AS_OF)
        scoped.append((time.process_time() - computing) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
        considered.append(found.considered / max(1, index.rows))
    scoped_rss = _resident()
    everybody = []
    for one in _asked(ANY_ROLE, QUERY_SEED, titled=False):
        computing = time.process_time()
        index.search(one, 10, AS_OF)
        everybody.append((time.process_time() - computing) * 1000)
    return {"cold": cold, "cpu": scoped, "wall": wall, "any": everybody, "rss": _resident(), "scoped_rss": scoped_rss,
            "considered": float(np.mean(considered))}  # fmt: skip


def _resident() -> float:
    """GiB of this process, with the pages of the index that it touched."""
    words = Path("/proc/self/statm").read_text().split()
    return int(words[1]) * os.sysconf("SC_PAGESIZE") / 2**30


def _speed(sheet: Sheet, found: dict[str, Any], size: int) -> None:
    scale = size / 1_000_000
    goal = 2 if scale <= 1 else (10 if scale <= 5 else 25)
    sheet.add("cold start with the first query", found["cold"], "s", goal="<= 2")
    sheet.add("share of the pool within the asked families", found["considered"], "share")
    for name, part in (("p50", 50), ("p95", 95)):
        limit = f"<= {goal}" if name == "p95" else None
        sheet.add(f"CPU of a query within role families, {name}", _part(found["cpu"], part), "ms", goal=limit)
    sheet.add("the same, wall, p95", _part(found["wall"], 95), "ms")
    limit = f"<= {max(12.0, 12 * scale):g}"
    sheet.add("CPU of a query for any role, p95", _part(found["any"], 95), "ms", goal=limit)
    sheet.add("resident after queries within families", found["scoped_rss"], "GiB")
    sheet.add("resident after queries for any role", found["rss"], "GiB", goal="<= 1.2")


def _part(values: list[float], percent: int) -> float:
    return float(np.percentile(values, percent))


def spin(given: argparse.Namespace) -> dict[str, Any]:
    """Search for some seconds and count."""
    index = _index(given.home)
    wanted = _asked(200, QUERY_SEED + 2)
    for one in wanted[:20]:
        index.search(one, 10, AS_OF)
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        index.search(wanted[count % len(wanted)], 10, AS_OF)
        count += 1
    return {"rate": count / (time.perf_counter() - begun)}


def _two(folder: Path) -> float:
    """Two processes on the same mapped files at once."""
    words = [sys.executable, str(measuring.HERE / "hiring.py"), "--part", "spin", "--home", str(folder)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return sum(float(json.loads(one.communicate()[0])["rate"]) for one in running)


def _erasing(sheet: Sheet, folder: Path, people: Pool) -> None:
    """One person gone from every byte of the index."""
    index = _index(folder)
    begun = time.perf_counter()
    index.erase([int(people.table["key"][12_345 % people.table.num_rows].as_py())])
    sheet.add("one person erased from the index", time.perf_counter() - begun, "s", goal="<= 1")


def _quality(sheet: Sheet, folder: Path, people: Pool) -> None:
    """NDCG@10 by the planted truth, beside the peers; keyword stuffers in the first ten."""
    index = _index(folder)
    wanted = queries(JUDGED, QUERY_SEED + 3)
    looked = _asked(JUDGED, QUERY_SEED + 3)
    best = [ideal(people, one) for one in wanted]
    own = [[hit.key - 1 for hit in index.search(one, 10, AS_OF).hits] for one in looked]
    measuring.note("tantivy reads the same people")
    begun = time.perf_counter()
    tantivy = Tantivy(people)
    measuring.note(f"... in {time.perf_counter() - begun:.0f} s")
    theirs, times = [], []
    for one in wanted:
        computing = time.process_time()
        theirs.append(tantivy.search(one))
        times.append((time.process_time() - computing) * 1000)
    draw = np.random.default_rng(7)
    chance = [_random(people, one, draw) for one in wanted]
    value = {name: _ndcg(people, wanted, rows, best) for name, rows in
             (("own", own), ("tantivy", theirs), ("random", chance))}  # fmt: skip
    sheet.add("NDCG@10 on the planted truth", value["own"], "share", goal=">= 0.96", peer="BM25 + filters",
              peer_value=value["tantivy"])  # fmt: skip
    sheet.add("NDCG@10, ten at random within role and place", value["random"], "share")
    sheet.add("CPU of a query of tantivy with filters, p95", _part(times, 95), "ms")
    shown = np.concatenate([np.array(one, np.int64) for one in own])
    rate, base = float(people.stuffer[shown].mean()), float(people.stuffer.mean())
    sheet.add("keyword stuffers among the first ten", rate, "share", peer="their share of the pool", peer_value=base,
              ratio=rate / base, goal="<= 0.5", of_ratio=True)  # fmt: skip


def _ndcg(people: Pool, wanted: list[Query], rows: list[list[int]], best: list[float]) -> float:
    found = [discounted(relevance(people, one, np.array(some, np.int64))) / most if some and most else 0.0
             for one, some, most in zip(wanted, rows, best, strict=True)]  # fmt: skip
    return float(np.mean(found))


def _fits(people: Pool, one: Query) -> np.ndarray:
    fits = np.ones(len(people.role), bool)
    if one.role is not None:
        fits &= people.role == one.role
    if one.city is not None:
        fits &= people.city == one.city
    return np.nonzero(fits)[0]


def _random(people: Pool, one: Query, draw: np.random.Generator) -> list[int]:
    rows = _fits(people, one)
    return draw.choice(rows, min(10, len(rows)), replace=False).tolist() if len(rows) else []


class Tantivy:
    """A document for each person with the words of the profile; role and place as filters, years as a filter too."""

    def __init__(self, people: Pool) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("row", stored=True)
        builder.add_text_field("words")
        for name in ("role", "city", "months"):
            builder.add_integer_field(name, indexed=True, fast=True)
        self.index = tantivy.Index(builder.build())
        writer = self.index.writer(200_000_000, 1)
        dated, listed = (people.table[name].to_numpy() for name in ("tools_dated", "tools_listed"))
        skilled, said = (people.table[name].to_numpy() for name in ("skills_dated_0", "skills_listed_0"))
        speaks = people.table["languages"].to_numpy()
        city, months = people.table["city"].to_numpy(), people.table["months_support"].to_numpy()
        for row in range(len(people.role)):
            words = [*_words("tool", dated[row]), *_words("tool", listed[row]), *_words("skill", skilled[row]),
                     *_words("skill", said[row]), *_words("speaks", speaks[row])]  # fmt: skip
            document = tantivy.Document()
            document.add_integer("row", row)
            document.add_text("words", " ".join(words))
            document.add_integer("role", int(people.role[row]))
            document.add_integer("city", int(city[row]) + 1)
            document.add_integer("months", int(months[row]) + 1)
            writer.add_document(document)
        writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, one: Query) -> list[int]:
        """The first ten by BM25 of the words within the filters; the filters alone where there are no words."""
        words = [f"tool{bit}" for bit in one.tools] + [f"skill{bit}" for bit in one.skills]
        words += [f"speaks{one.language}"] if one.language is not None else []
        parts = [f"+role:{one.role}"] if one.role is not None else []
        parts += [f"+city:{one.city + 1}"] if one.city is not None else []
        parts += [f"+months:[{12 * one.years + 1} TO 1000]"] if one.years else []
        parts += [f"words:{word}" for word in words]
        query = self.index.parse_query(" ".join(parts), ["words"])
        hits = self.searcher.search(query, 10).hits
        return [int(self.searcher.doc(address)["row"][0]) for _score, address in hits]


def _words(kind: str, bits: int) -> list[str]:
    found, number = [], int(bits)
    while number:
        low = number & -number
        found.append(f"{kind}{low.bit_length() - 1}")
        number ^= low
    return found


def parts(given: argparse.Namespace) -> dict[str, Any]:
    """One part as a child process."""
    return {"speed": speed, "spin": spin}[given.part](given)


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, parts)
