"""Before and after a ranking: audit (C1, C2), its summary (C3), signs of bias (C5), the log (C6), papers (C8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from maitred.desks.hiring.postings import rules
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.places import Where

AUDIT_DAYS = 365
SMALL_SHARE = 0.02
FOUR_FIFTHS, SIGNIFICANT, FEWEST, POWER = 0.8, 0.05, 5, 0.5
KINDS = ("sex", "race_ethnicity", "sex_and_race")
PAPERS = ("data sheet", "model card")


@dataclass(frozen=True, slots=True)
class Audit:
    """A bias audit: of which weights, when, and whether its auditor is recorded as independent."""

    weights_sha256: str
    audited_on: date
    independent: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A row of an audit; ``left_out`` is the written reason for a category without rates."""

    kind: str
    name: str
    n: int
    selection_rate: float | None
    scoring_rate: float | None
    impact_ratio: float | None
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The public page on an audit, as it answers."""

    reachable: bool
    audited_on: date | None
    data_source: str
    counts: bool
    rates: bool
    ratios: bool
    distributed_on: date | None


@dataclass(frozen=True, slots=True)
class Stage:
    """Two groups at one stage, pooled over the searches of a role."""

    stage: str
    ratio: float | None
    p: float | None
    fewest: int
    power: float | None


@dataclass(frozen=True, slots=True)
class Logged:
    """A row of the log of rankings; ``hash`` as kept, ``recomputed`` from its own values and the row before."""

    inputs: str
    weights_sha256: str
    index_version: str
    results: tuple[str, ...]
    viewer: str
    at: str
    previous: str
    hash: str
    recomputed: str


def audit_is_there(where: Where | None, resident: Where | None, weights_sha256: str, audits: Iterable[Audit],
                   today: date) -> list[Finding]:  # fmt: skip
    """C1: for a role in New York City, or residents of it, an independent audit of these weights within 365 days."""
    held = [one for one in (where, resident) if one is not None and rules.holding("C1", today, one)]
    if not held:
        return []
    own = [one for one in audits if one.weights_sha256 == weights_sha256]
    if not own:
        return [Finding("C1", "E", "weights", "no bias audit of these weights is recorded: candidates stand by date")]
    independent = [one for one in own if one.independent]
    if not independent:
        return [Finding("C1", "E", "audit", "the auditor is not recorded as independent: candidates stand by date")]
    last = max(one.audited_on for one in independent)
    if last > today:
        return [Finding("C1", "E", "audit", f"the audit is dated {last.isoformat()}, which is still to come")]
    if (today - last).days > AUDIT_DAYS:
        said = f"the audit of {last.isoformat()} is older than {AUDIT_DAYS} days: candidates stand by date"
        return [Finding("C1", "E", "audit", said)]
    return []


def audit_is_whole(rows: Sequence[Category], unknown: int | None, today: date) -> list[Finding]:
    """C2: counts, rates and ratios by sex, race or ethnicity and both; the unknown counted; reasons for small ones."""
    found = [
        Finding("C2", "E", kind, f"the audit has no categories by {kind.replace('_', ' ')}")
        for kind in KINDS if not any(one.kind == kind for one in rows)
    ]  # fmt: skip
    if unknown is None:
        found.append(Finding("C2", "E", "unknown", "how many are of an unknown category is not counted"))
    totals = {kind: sum(one.n for one in rows if one.kind == kind) for kind in KINDS}
    for one in rows:
        found += _category(one, totals.get(one.kind, 0))
    return found


def summary_is_public(page: Summary | None, where: Where | None, today: date) -> list[Finding]:
    """C3: a page that can be reached, with date, source, counts, rates, ratios and the day of distribution."""
    if where is None or not rules.holding("C3", today, where):
        return []
    if page is None or not page.reachable:
        return [Finding("C3", "E", "summary", "the page with the summary of the audit cannot be reached")]
    parts = {
        "audit date": page.audited_on is not None, "data source": bool(page.data_source.strip()),
        "counts by category": page.counts, "rates": page.rates, "impact ratios": page.ratios,
        "distribution date": page.distributed_on is not None,
    }  # fmt: skip
    return [
        Finding("C3", "E", "summary", f"the summary does not give: {name}")
        for name, there in parts.items()
        if not there
    ]


def stage_verdict(one: Stage) -> str:
    """C5 as a word: ``sign``, ``no sign`` or ``too few to say``; the ratio alone is never one."""
    if one.ratio is None or one.p is None or one.fewest < FEWEST or (one.power is not None and one.power < POWER):
        return "too few to say"
    return "sign" if one.ratio < FOUR_FIFTHS and one.p < SIGNIFICANT else "no sign"


def no_sign_of_bias(stages: Iterable[Stage], today: date) -> list[Finding]:
    """C5: a stage is flagged only if its ratio is under .8 and the exact p is under .05."""
    return [
        Finding("C5", "W", one.stage, f"the ratio is {one.ratio:.2f} with p {one.p:.3f}: look at what this stage asks for")  # noqa: E501
        for one in stages if stage_verdict(one) == "sign"
    ]  # fmt: skip


def log_is_whole(rows: Sequence[Logged], today: date) -> list[Finding]:
    """C6: each ranking with inputs, weights, index, results, viewer and time, chained to the one before."""
    found = []
    before = ""
    for place, one in enumerate(rows):
        empty = [
            name for name in ("inputs", "weights_sha256", "index_version", "viewer", "at") if not getattr(one, name)
        ]
        found += [
            Finding("C6", "E", f"log[{place}].{name}", f"the row has no {name.replace('_', ' ')}") for name in empty
        ]
        if one.previous != before or one.hash != one.recomputed:
            said = "the row does not follow from the one before, or was changed afterwards"
            found.append(Finding("C6", "E", f"log[{place}]", said))
        before = one.hash
    return found


def papers_are_of_these_weights(weights_sha256: str, papers: Mapping[str, str], today: date) -> list[Finding]:
    """C8: data sheet and model card of the weights in use; ``papers``: kind → weights that it was made for."""
    return [
        Finding("C8", "W", kind, f"there is no {kind} of the weights in use: make it anew")
        for kind in PAPERS if papers.get(kind) != weights_sha256
    ]  # fmt: skip


def _category(one: Category, total: int) -> list[Finding]:
    where = f"{one.kind}.{one.name}"
    if one.left_out.strip():
        if total and one.n / total < SMALL_SHARE:
            return []
        said = f"{one.name} is left out, but has {one.n} of {total}: only one under 2 % may be"
        return [Finding("C2", "E", where, said)]
    names = {"selection rate": one.selection_rate, "scoring rate": one.scoring_rate, "impact ratio": one.impact_ratio}
    return [Finding("C2", "E", where, f"{one.name} has no {name}") for name, value in names.items() if value is None]
