"""What another policy would have brought: the verdicts of a period as recorded, beside those under policy B."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maitred.desks.service_levels.keeping import kept
from maitred.desks.service_levels.verbs.figures import Day, Filters, Publication, Zone, pairs
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.reading import published
from maitred.kit.verbs import LongText, question
from maitred.metrics.asking import Asker
from maitred.metrics.disclosure import rounded
from maitred.metrics.policy_replay import Compared, Replayed, Share, replay
from maitred.metrics.policy_text import read_policy
from maitred.metrics.scope import Scope
from maitred.metrics.windows import window
from maitred.people.reach import figures_scope

_MOST_CHANGED = 200
_STEP = 2


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """A target whose verdict would be another: ``newly_met`` or ``newly_missed``."""

    source: str
    ticket: str
    metric: str
    priority: str | None
    change: str


@dataclass(frozen=True, slots=True)
class PolicyCompared:
    """What a policy would have changed.

    ``rows`` begin with all targets together, then each metric, then each metric by priority. ``tickets`` of
    ``tickets_of`` that lived in the period were replayed; below that number the rest was left out at random.
    ``changed`` lists the first targets with another verdict, ``changed_total`` counts them.
    """

    policy: str
    publication: int
    time_zone: str
    start: str | None
    end: str | None
    tickets: int
    tickets_of: int
    rows: tuple[Compared, ...]
    changed_total: int
    changed: tuple[ChangedVerdict, ...]
    reason: str


@question(needs=Right.METRICS_READ, example={"policy": "targets.first_reply = 60"})
def policy_whatif(
    actor: Actor,
    policy: LongText,
    start: Day | None = None,
    end: Day | None = None,
    where: Filters = [],  # noqa: B006  (validation hands in a copy)
    zone: Zone = "UTC",
    publication: Publication | None = None,
) -> PolicyCompared:
    """Replay a period under another policy and compare the verdicts of the same targets.

    Work, hours and customers stay as they were: it says what the same work would have been worth, not what people would
    have done differently.

    Parameters
    ----------
    policy
        TOML or JSON; targets in minutes, as ``targets.first_reply = {urgent = 15, others = 60, clock = "business"}``.
        ``[groups.NAME.targets]`` has those of a group, ``schedule`` names or writes out other hours.
    start, end
        First and last local day on which targets were decided, both inclusive.
    where
        ``DIMENSION=VALUE`` to keep, as for ``sla.attainment``.
    """
    read = read_policy(policy)
    scope = figures_scope(actor)
    filters = pairs(where)
    words = (policy, start, end, tuple(sorted((name, tuple(values)) for name, values in filters.items())), zone, scope)
    with published(publication) as ask:
        found = kept(ask, "replays", words, lambda: replay(ask, read, window(start, end, zone), filters, scope=scope))
        number = ask.publication.number
        if not scope.counts_only:
            changed = tuple(ChangedVerdict(*one.values()) for one in found.changed.slice(0, _MOST_CHANGED).to_pylist())
            total = found.changed.num_rows
            return PolicyCompared(
                read.name, number, zone, start, end, found.tickets, found.tickets_of, found.rows, total, changed, ""
            )
        rows = _coarse(ask, found, (start, end, filters, zone), scope)
    base = scope.round_counts_to
    return PolicyCompared(
        read.name, number, zone, start, end, rounded(found.tickets, base), rounded(found.tickets_of, base), rows, 0, (),
        "" if rows else f"fewer than {scope.minimum_people} people stand behind it",
    )  # fmt: skip


Asked = tuple[str | None, str | None, dict[str, list[str]], str]


def _coarse(ask: Asker, found: Replayed, asked: Asked, scope: Scope) -> tuple[Compared, ...]:
    """Rows for a reader of counts only: those whose recorded share may be shown, rounded."""
    start, end, where, zone = asked
    visible: set[tuple[str | None, str | None]] = set()
    for by in ((), ("sla_metric",), ("sla_metric", "priority")):
        shown = ask.show("sla.attainment", from_=start, to=end, by=by, where=where, zone=zone, scope=scope)
        visible |= {(row.by.get("sla_metric"), row.by.get("priority")) for row in shown.rows if row.value is not None}
    return tuple(_rounded(row, scope) for row in found.rows if (row.metric, row.priority) in visible)


def _rounded(row: Compared, scope: Scope) -> Compared:
    base = scope.round_counts_to
    return replace(
        row,
        n=rounded(row.n, base),
        tickets=rounded(row.tickets, base),
        recorded=_blunt(row.recorded),
        b=_blunt(row.b),
        difference=_blunt(row.difference),
        newly_met=rounded(row.newly_met, base),
        newly_missed=rounded(row.newly_missed, base),
        only_recorded=rounded(row.only_recorded, base),
        only_b=rounded(row.only_b, base),
        undecided=rounded(row.undecided, base),
    )


def _blunt(share: Share) -> Share:
    return Share(*(None if one is None else round(one, _STEP) for one in (share.value, share.low, share.high)))
