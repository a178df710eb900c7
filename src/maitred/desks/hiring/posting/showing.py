"""A posting as the door answers with it: blocks with sources, findings, suggestions, editions."""

from __future__ import annotations

from datetime import date

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.hiring.models import Posting
from maitred.desks.hiring.posting import access
from maitred.desks.hiring.posting.shapes import (
    BandShown,
    BlockShown,
    EditionShown,
    FindingShown,
    LineShown,
    OwnBlock,
    PostingListed,
    PostingShown,
    SuggestionShown,
    ValueShown,
    WagesShown,
)
from maitred.desks.hiring.postings import duties, rules, salary, shapes, writing
from maitred.desks.hiring.postings.filling import PLACES
from maitred.insight.wages import OCCUPATIONS, RELEASE, Band
from maitred.kit.access.actor import Actor
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

_KEYS = {place: key for key, place in PLACES.items()}


def today() -> date:
    """The day, in UTC."""
    return clock.now().date()


def kept(row: Posting) -> shapes.Posting:
    """The content of a posting."""
    return shapes.from_plain(row.content)


def written(row: Posting, content: shapes.Posting | None = None) -> writing.Written:
    """A posting in its outline with what checks find on this day."""
    posted = row.posted_on or today()
    return writing.written(content or kept(row), today(), posted_on=posted, identifier=row.reference)


def listed(row: Posting) -> PostingListed:
    """A posting in a list."""
    place = kept(row).value("head", "location")
    return PostingListed(row.pk, row.title, row.role, row.state, row.reference, place, row.posted_on, row.ends_on,
                         row.number, row.version)  # fmt: skip


def shown(actor: Actor, row: Posting) -> PostingShown:
    """A posting with everything that its page shows."""
    content, one = kept(row), written(row)
    editions = access.editions(row)
    out = editions[0].content if editions and row.state == Posting.PUBLISHED else None
    return PostingShown(
        listed(row), content.soc, tuple(_block(each) for each in content.blocks),
        tuple(FindingShown(each.id, each.level, each.where, each.message) for each in one.findings), one.publishable,
        out is not None and out != row.content, row.ends_on is not None and row.ends_on < today(),
        suggestions(actor, content), tuple(OwnBlock(each.pk, each.name) for each in access.visible_blocks(actor)[:50]),
        tuple(EditionShown(each.number, each.published_at, len(each.findings)) for each in editions[:20]),
        rules.digest(),
    )  # fmt: skip


def suggestions(actor: Actor, content: shapes.Posting) -> tuple[SuggestionShown, ...]:
    """What the team's own gaps suggest, where the reader may see gaps; else none."""
    return tuple(SuggestionShown(each.block, each.line.text, each.reason) for each in suggested(actor, content))


def suggested(actor: Actor, content: shapes.Posting) -> tuple[duties.Suggestion, ...]:
    """Suggestions with their lines."""
    if "training.gaps" not in register():
        return ()
    try:
        found = run("training.gaps", actor, {}).gaps
    except MaitredError:
        return ()
    gaps = [
        duties.Gap(one.skill, one.verdict, one.contacts, one.n, one.holders, one.old, one.hours, one.hours_low,
                   one.hours_high) for one in found
    ]  # fmt: skip
    return duties.suggestions(gaps, content)


def wages(one: salary.Insight) -> WagesShown:
    """What a job pays, as the door answers with it."""
    proposed = salary.proposal(one.band)
    names = {area.code: area.name for area in one.areas}
    return WagesShown(
        one.soc, OCCUPATIONS[one.soc].title, OCCUPATIONS[one.soc].covers, one.asked, RELEASE.name,
        tuple(_band(each, names) for each in one.bands), tuple(_band(each, names) for each in one.beside),
        proposed[0] if proposed else None, proposed[1] if proposed else None,
        one.placed.sentence if one.placed else "", one.notices, RELEASE.attribution,
    )  # fmt: skip


def _band(one: Band, names: dict[str, str]) -> BandShown:
    values = [wage.value for _share, wage in one.wages]
    capped = tuple(f"p{share}" for share, wage in one.wages if wage.at_least)
    p10, p25, p50, p75, p90 = values
    return BandShown(one.soc, OCCUPATIONS[one.soc].title, names.get(one.area, one.area), p10, p25, p50, p75, p90,
                     one.employment, capped)  # fmt: skip


def _block(one: shapes.Block) -> BlockShown:
    values = tuple(ValueShown(_KEYS.get((one.key, v.name), v.name), v.value, v.source) for v in one.values)
    lines = tuple(LineShown(v.text, v.tag, v.asked, v.uri, v.source, v.reason) for v in one.lines)
    return BlockShown(one.key, one.kind, one.title, one.on, values, lines)
