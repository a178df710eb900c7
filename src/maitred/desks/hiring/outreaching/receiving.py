"""What comes back by a signed link: no more letters, what somebody says of themselves, what they ask for.

Whoever holds the link is the candidate; nothing about them is shown, and each link does what it says and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from maitred.desks.hiring.auditing import access as auditing
from maitred.desks.hiring.models import Candidate, Objection, OptOut, SelfTold
from maitred.desks.hiring.outreaching import access
from maitred.desks.hiring.pipeline import access as pipeline
from maitred.desks.hiring.pipeline.showing import today, working_days_after
from maitred.kit.access.actor import Actor, Kind
from maitred.kit.audit import deeds
from maitred.kit.verbs.running import patiently

SEXES = ("woman", "man", "another")
RACES = (
    "hispanic_or_latino", "white", "black", "native_hawaiian_or_pacific", "asian", "native_american", "two_or_more",
)  # fmt: skip
ANSWER_DAYS = 10
_LONGEST = 2_000


def opt_out(digest: str) -> None:
    """Remember for ever that an address wants no letter; again is the same."""

    def done() -> None:
        if access.out(digest):
            return
        with deeds.deed(_somebody("recipient"), "hiring.opt_out"):
            deeds.create(OptOut, digest=digest)

    patiently(done)


def say_of_oneself(row: Candidate, said: Mapping[str, str]) -> None:
    """Keep what a candidate ticked; nothing ticked takes it away."""
    kept = {name: said[name] for name, known in (("sex", SEXES), ("race", RACES)) if said.get(name) in known}

    def done() -> None:
        if row.profile is None:
            return
        there = auditing.own(row.profile)
        with deeds.deed(_somebody(row.code), "hiring.say_of_oneself"):
            if not kept:
                if there is not None:
                    deeds.remove(there, None)
                deeds.note("say", SelfTold.NOUN, row.code)
                return
            words = auditing.sealed(row.profile, kept)
            if there is not None:
                deeds.change(there, None, sealed=words)
            else:
                deeds.create(SelfTold, profile=row.profile, sealed=words)

    patiently(done)


def ask(row: Candidate, about: str, words: str) -> bool:
    """Keep what a candidate asks for; whether it is new."""
    if about not in ("decision", "ranking") or not words.strip():
        return False

    def done() -> bool:
        if pipeline.open_objection(row, about):
            return False
        with deeds.deed(_somebody(row.code), "hiring.object"):
            due = working_days_after(today(), ANSWER_DAYS)
            deeds.create(Objection, candidate=row, about=about, words=words.strip()[:_LONGEST], due_on=due)
        return True

    return bool(patiently(done))


def _somebody(code: str) -> Actor:
    """Whoever holds a signed link, as the log names them; no verb is run with it."""
    return Actor(Kind.TOKEN, f"candidate:{code}")
