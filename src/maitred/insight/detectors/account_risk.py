"""Is a customer about to leave? For managers who can still save an account before its renewal.

Signs of each account are held against its own past and against all accounts: more tickets than usual, worse tone,
bad ratings, solved tickets that come back, silence after much contact, words of leaving. Weak signs add up; the
finding lists its parts. A key account that writes that it will leave is enough alone. What is at stake is a stated
table by sign and days to renewal; accounts without revenue count by their waiting alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from maitred.insight.detectors.account_signs import Episode, Signs, common, signs_of
from maitred.insight.detectors.finding import Candidate, Cause, Checked, Detector, Looked, Moment, Size, Subject, Watch
from maitred.insight.detectors.saying import when
from maitred.insight.detectors.scan import LEARNING
from maitred.insight.evidence.tables import NEVER, Evidence, Ints

SIGNS: Final = "account_risk.signs#1"
LEAVING: Final = "account_risk.leaving#1"
METRIC: Final = "arrivals#1"
RISKS: Final = {"contacts": 0.06, "tone": 0.06, "ratings": 0.05, "reopens": 0.05, "silence": 0.06, "leaving": 0.35}
"""By sign, how much likelier an account with a near renewal is to leave within a year."""
NEARNESS: Final = ((30, 1.0), (90, 0.8), (180, 0.5), (365, 0.3))
"""Days to renewal up to which a factor holds; beyond, and where no date is known, ``FAR``."""
FAR: Final = 0.25
MOST: Final = 0.6
KEY: Final = 0.75
"""Quantile of revenue from which an account is a key account."""
LASTS: Final = 28
"""Days for which a word of leaving is told."""
_DAY = 86_400
_MOST_TICKETS = 2_000


def prepare(evidence: Evidence) -> Watch:
    """Signs of every account by day, and the look at who shows them."""
    signs = signs_of(evidence)
    key = _key_revenue(evidence)

    def watch(moment: Moment) -> Looked:
        if moment.days < LEARNING:
            return Looked()
        found = {one.account: one for one in signs.episodes(moment.days)}
        leaving = _leaving(evidence, signs, moment)
        candidates = list(_candidates(evidence, signs, found, leaving, key, moment))
        accounts = int((signs.first < moment.days).sum())
        return Looked(tuple(candidates), (Checked("account_risk", "accounts", accounts),))

    return watch


def _candidates(
    evidence: Evidence,
    signs: Signs,
    found: dict[int, Episode],
    leaving: dict[int, Ints],
    key: float,
    moment: Moment,
) -> Iterator[Candidate]:
    revenue = evidence.accounts.revenue
    messages = evidence.messages
    wrote = evidence.tickets.account[messages.ticket[signs.leaving]].astype(np.int64)
    habit = common(wrote, evidence.days.of(messages.sent_at[signs.leaving]), moment.days)
    for account in sorted(set(found) | set(leaving)):
        written = leaving.get(account)
        valued = bool(np.isfinite(revenue[account])) and float(revenue[account]) > 0
        alone = written is not None and not habit and valued and float(revenue[account]) >= key
        if account in found and (valued or found[account].waiting > 0):
            yield _by_signs(evidence, found[account], written, moment)
        elif alone and written is not None:
            yield _by_words(evidence, signs, account, written, moment)


def _by_signs(evidence: Evidence, one: Episode, written: Ints | None, moment: Moment) -> Candidate:
    """Several signs together, or tickets far beyond what is usual for the account."""
    parts = dict(one.parts)
    if written is not None:
        parts["leaving"] = f"writes of leaving in {_count(len(written), 'message')}"
    name = _name(evidence, one.account)
    told = when(evidence.days, one.since)
    renewal = _days_to_renewal(evidence, one.account, moment)
    soon = f", {renewal} days before renewal" if 0 <= renewal <= 180 else ""
    title = f"{name} writes {one.ratio:.1f} times as much as usual since {told}{_also(parts)}{soon}"
    return Candidate(
        "account_risk",
        SIGNS,
        _subject(evidence, one.account),
        METRIC,
        one.since,
        Size(one.ratio, one.low, one.high, "ratio"),
        one.n,
        title,
        round(min(0.97, 0.6 + 0.06 * max(0.0, one.z - 2.0) + (0.1 if written is not None else 0.0)), 3),
        one.tickets[:_MOST_TICKETS],
        waiting=one.waiting,
        revenue=revenue_loss(evidence, one.account, tuple(parts), renewal),
        cause=Cause("account", "; ".join(parts.values()), 0.7),
        where={"account": evidence.accounts.names.ids[one.account]},
        parts=tuple(parts.values()),
    )


def _by_words(evidence: Evidence, signs: Signs, account: int, written: Ints, moment: Moment) -> Candidate:
    """A key account says that it will leave: one message is the breach."""
    messages = evidence.messages
    day = int(evidence.days.of(messages.sent_at[written[:1]])[0])
    tickets = np.unique(messages.ticket[written].astype(np.int64))
    n = len(tickets)
    renewal = _days_to_renewal(evidence, account, moment)
    soon = f", {renewal} days before renewal" if 0 <= renewal <= 365 else ""
    title = f"{_name(evidence, account)} wrote on {when(evidence.days, day)} that it will leave{soon}"
    part = f"writes of leaving in {_count(len(written), 'message')}"
    return Candidate(
        "account_risk",
        LEAVING,
        _subject(evidence, account),
        METRIC,
        day,
        Size(float(n), float(n), float(n), "tickets"),
        n,
        title,
        0.85,
        tickets,
        waiting=signs.waiting(account, max(0, day - 28), moment.days),
        revenue=revenue_loss(evidence, account, ("leaving",), renewal),
        cause=Cause("account", part, 0.8),
        where={"account": evidence.accounts.names.ids[account]},
        parts=(part,),
    )


def revenue_loss(evidence: Evidence, account: int, parts: tuple[str, ...], renewal: int) -> float:
    """Expected loss of revenue a week: yearly revenue times what the signs add to the risk of leaving, over 52.

    Parameters
    ----------
    parts
        Names of ``RISKS`` that the account shows.
    renewal
        Days to renewal, -1 where it is not known.
    """
    revenue = float(evidence.accounts.revenue[account])
    if not np.isfinite(revenue) or revenue <= 0:
        return 0.0
    near = next((factor for days, factor in NEARNESS if 0 <= renewal <= days), FAR)
    return revenue * near * min(MOST, sum(RISKS[one] for one in parts)) / 52


def _leaving(evidence: Evidence, signs: Signs, moment: Moment) -> dict[int, Ints]:
    """Messages of leaving of the last four weeks by account, oldest first; each as a position in ``Messages``."""
    messages = evidence.messages
    known = signs.leaving[messages.sent_at[signs.leaving] < moment.at]
    recent = known[messages.sent_at[known] >= moment.at - LASTS * _DAY]
    recent = recent[evidence.tickets.excluded_at[messages.ticket[recent]] >= moment.at]
    account = evidence.tickets.account[messages.ticket[recent]]
    return {int(one): recent[account == one] for one in np.unique(account) if one >= 0}


def _key_revenue(evidence: Evidence) -> float:
    known = evidence.accounts.revenue[np.isfinite(evidence.accounts.revenue) & (evidence.accounts.revenue > 0)]
    return float(np.quantile(known, KEY)) if len(known) else np.inf


def _days_to_renewal(evidence: Evidence, account: int, moment: Moment) -> int:
    """Days until the next renewal; a date that has passed comes again every year; -1 where none is known."""
    renewal = int(evidence.accounts.renewal[account])
    if renewal >= NEVER:
        return -1
    days = (renewal - moment.at) // _DAY
    return int(days if days >= 0 else days % 365)


def _subject(evidence: Evidence, account: int) -> Subject:
    names = evidence.accounts.names
    return Subject("account", names.ids[account], names.external[account], _name(evidence, account))


def _name(evidence: Evidence, account: int) -> str:
    names = evidence.accounts.names
    return names.names[account] or names.external[account]


def _also(parts: dict[str, str]) -> str:
    words = {"tone": "in a worse tone", "ratings": "with bad ratings", "reopens": "with reopened tickets",
             "leaving": "and speaks of leaving"}  # fmt: skip
    told = [words[one] for one in parts if one in words]
    return f", {', '.join(told)}" if told else ""


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


DETECTORS: Final = (Detector(SIGNS, "account_risk", prepare),)
"""What this module offers."""
