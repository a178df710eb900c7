"""How packs are shown: clocks in their own words, sources with how sure they are, what nobody of law looked at."""

from __future__ import annotations

from collections.abc import Sequence

from maitred.desks.compliance import access
from maitred.desks.compliance.clocks import Ahead, Length
from maitred.desks.compliance.models import Case
from maitred.desks.compliance.reading_packs import MARKS, Pack, PackClock, parsed
from maitred.desks.compliance.shapes import (
    BehindShown,
    ClauseListed,
    PackListed,
    PackShown,
    RuleShown,
    SourceShown,
)

NOTICE = "not legally reviewed"


def listed(pack: Pack, open_cases: int) -> PackListed:
    """A pack in a list."""
    review = access.reviews().get(pack.pin)
    by = review.reviewed_by if review else pack.reviewed_by
    on = review.reviewed_on.isoformat() if review else pack.reviewed_on
    return PackListed(
        pack.id, pack.version, pack.pin, pack.title, pack.about, by, on, "" if by else NOTICE, pack.calendar,
        pack.zone.key, len(pack.clocks), len(pack.clauses), open_cases,
    )  # fmt: skip


def shown(pack: Pack, open_cases: int, behind: Sequence[Case]) -> PackShown:
    """A pack whole."""
    return PackShown(
        listed(pack, open_cases),
        tuple(SourceShown(one.ref, one.url, one.seen_on, MARKS[one.mark], one.note) for one in pack.sources),
        tuple(_rule(one) for one in pack.clocks),
        tuple(ClauseListed(one.clause, one.title, one.check or "not assessed", MARKS[one.mark])
              for one in pack.clauses),
        tuple(BehindShown(case.complaint.pk, case.reference, pin) for case in behind if case.kind == "complaint"
              for pin in case.packs if parsed(pin)[0] == pack.id),
    )  # fmt: skip


def _rule(one: PackClock) -> RuleShown:
    rule = one.rule
    pauses = tuple(f"{each.begins} to {each.ends} ({each.clause})" for each in rule.pause)
    return RuleShown(
        rule.id, rule.clause, one.title, rule.start.event, rule.start.day_zero, _length(rule.length), rule.ends,
        rule.if_last_day_closed, rule.stop, pauses,
        tuple(f"{each.event}: {_length(each.to)}" for each in rule.extend), tuple(_warn(each) for each in rule.warn),
        MARKS[one.mark], one.note,
    )  # fmt: skip


def _length(one: Length) -> str:
    return f"{one.n} {one.unit.replace('_', ' ')}"


def _warn(one: Ahead) -> str:
    return f"{_length(one.before)} before" if one.before else f"{one.share or 0:.0%}"
