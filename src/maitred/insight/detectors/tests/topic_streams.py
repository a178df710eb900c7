"""Months of tickets whose opening messages are about something: made-up subjects, or labelled real utterances."""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from maitred.insight.detectors.finding import Candidate, Detector, Moment
from maitred.insight.evidence.phrases import STOP_WORDS
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

WEEK = (1.2, 1.1, 1.0, 1.0, 0.9, 0.3, 0.25)


@dataclass(frozen=True, slots=True)
class Stream:
    """Evidence and what is true about it: subject and whether it came on top, by ticket."""

    evidence: Evidence
    subject: NDArray[np.int64]
    names: tuple[str, ...]

    def since(self, subject: int, first: int, last: int) -> NDArray[np.int64]:
        """Tickets of a subject from one day to another, both included."""
        day = self.evidence.days.of(self.evidence.tickets.created)
        return np.flatnonzero((self.subject == subject) & (day >= first) & (day <= last))


@dataclass(frozen=True, slots=True)
class Extra:
    """So many tickets a day on top of what is usual for a subject."""

    subject: int
    first: int
    days: int
    daily: float


Say = Callable[[int, np.random.Generator], Sequence[str]]


def invented(subject: int, generator: np.random.Generator) -> list[str]:
    """Four of six words of the subject, and six of sixty that everybody uses."""
    own = generator.choice(6, 4, replace=False)
    usual = generator.choice(60, 6, replace=False)
    return [f"subject{'abcdefghijklmnopqrstuvwxyz'[subject]}{'uvwxyz'[word]}" for word in own] + [
        f"usual{'abcdefghij'[word // 10]}{'abcdefghij'[word % 10]}" for word in usual
    ]


def stream(
    extras: Sequence[Extra] = (),
    *,
    seed: int = 1,
    days: int = 120,
    daily: float = 40.0,
    subjects: int = 8,
    say: Say = invented,
    labelled: float = 0.0,
    names: Sequence[str] = (),
    one_customer: bool = False,
    busy: Mapping[int, float] | None = None,
    foreign: frozenset[int] = frozenset(),
) -> Stream:
    """Tickets of some subjects over months; subjects beyond ``subjects`` occur in extras only.

    ``labelled`` is the part of tickets whose topic the helpdesk says; ``one_customer`` makes all extras one person's;
    ``busy`` has factors on all contacts by day; who writes about ``foreign`` subjects has another language.
    """
    generator = np.random.default_rng(seed)
    part = 1 / np.arange(1, subjects + 1) ** 0.6
    part /= part.sum()
    created, requester, subject = [], [], []
    for day in range(days):
        today = daily * WEEK[day % 7] * (busy or {}).get(day, 1.0)
        count = generator.poisson(today * part)
        about = [(one, int(generator.integers(0, 600))) for one in range(subjects) for _ in range(count[one])]
        for extra in extras:
            if extra.first <= day < extra.first + extra.days:
                n = generator.poisson(extra.daily * WEEK[day % 7])
                about += [(extra.subject, 7 if one_customer else int(generator.integers(0, 600))) for _ in range(n)]
        generator.shuffle(about)
        at = np.sort(generator.integers(7 * HOUR, 20 * HOUR, len(about)))
        created += [MONDAY + day * DAY + int(second) for second in at]
        subject += [one for one, _ in about]
        requester += [who for _, who in about]
    words = [list(say(one, generator)) for one in subject]
    told = names or [f"topic {one}" for one in range(26)]
    topics = [told[one] if generator.random() < labelled else None for one in subject]
    evidence = made(
        tickets={
            "created": np.array(created),
            "requester": np.array(requester),
            "account": np.array(requester) // 3,
            "group": 0,
            "channel": 0,
            "non_english": np.isin(subject, sorted(foreign)),
            "first_reply_at": np.array(created) + 3 * HOUR,
            "first_reply_s": 3 * HOUR,
            "first_reply_calendar_s": 3 * HOUR,
        },
        people=[{"name": f"Person {one}", "staff": False} for one in range(600)],
        words=words,
        topics=topics,
        as_of=MONDAY + days * DAY + 6 * HOUR,
    )
    return Stream(evidence, np.array(subject), tuple(told))


def said(evidence: Evidence, detectors: Sequence[Detector], first: int, last: int) -> list[tuple[int, Candidate]]:
    """What detectors say each morning, by how many whole days are known."""
    watches = [one.prepare(evidence) for one in detectors]
    found = []
    for days in range(first, last):
        moment = Moment(int(evidence.days.starts[days]) + 6 * HOUR, days)
        found += [(days, candidate) for watch in watches for candidate in watch(moment).candidates]
    return found


def utterances() -> dict[str, list[list[str]]]:
    """Words of real customer utterances by label; the test is skipped where the data are missing."""
    path = Path(os.environ.get("MAITRED_SHARED_DATA", "")) / "text" / "banking77" / "train.csv.gz"
    if not path.is_file():
        pytest.skip("the labelled utterances are not here; name the folder of shared data in MAITRED_SHARED_DATA")
    by_label: dict[str, list[list[str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            words = {word for word in re.findall(r"[a-z]{3,}", row["text"].lower()) if word not in STOP_WORDS}
            by_label.setdefault(row["category"], []).append(sorted(words))
    return by_label
