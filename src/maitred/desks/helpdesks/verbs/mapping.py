"""Say what the words of a helpdesk mean here, after a look at what that would change on its real tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from maitred.desks.helpdesks import meaning
from maitred.desks.helpdesks.access import access_connection
from maitred.desks.helpdesks.verbs.shapes import ConnectionShown, Slug, shown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Version, action, question

MappingText = Annotated[str, Field(min_length=2, max_length=8_000)]
Mapping_ = Annotated[dict[str, Any], Field(max_length=3)]
_EXAMPLE = {"statuses": {"Waiting on vendor": "hold"}}


@dataclass(frozen=True, slots=True)
class WordShown:
    """A word of the helpdesk (``what`` of ``statuses``, ``priorities``, ``escalated``) and what it would mean."""

    what: str
    raw: str
    before: str
    after: str
    tickets: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingPreview:
    """What a map would change: the tickets looked at, how many would change, each word with a few tickets' ids."""

    publication: int
    tickets: int
    would: int
    words: tuple[WordShown, ...]


@question(needs=Right.OPERATION_READ, example={"connection": "demo", "mapping": '{"statuses": {"On hold": "hold"}}'})
def preview_mapping(actor: Actor, connection: Slug, mapping: MappingText | None = None) -> MappingPreview:
    """Show what a map of words would change on the tickets that were read, without keeping it.

    Parameters
    ----------
    mapping
        As JSON: ``{"statuses": {RAW: ours}, "priorities": {RAW: ours}, "escalated": {"tags": [TAG], "fields": {KEY:
        [VALUE]}}}``; the map that is kept, where it is left out.
    """
    import pyarrow.compute as pc

    from maitred.kit.reading import published

    row = access_connection(actor, connection)
    wanted = meaning.checked(row.mapping if mapping is None else meaning.read(mapping))
    with published(None) as ask:
        version = ask.publication.tables.get("tickets")
        number = ask.publication.number
        mine = (pc.field("source_id") == row.slug) & pc.field("deleted_at").is_null()
        tickets = ask.workspace.store.scan("tickets", version, meaning.columns(wanted), where=mine)
    words = meaning.previewed(tickets, wanted)
    would = sum(one.tickets for one in words if one.before != one.after)
    told = tuple(WordShown(one.what, one.raw, one.before, one.after, one.tickets, one.examples) for one in words)
    return MappingPreview(number, tickets.num_rows, would, told)


@action(needs=Right.OPERATION_WRITE, example={"connection": "demo", "version": 1, "mapping": _EXAMPLE})
def set_mapping(actor: Actor, connection: Slug, version: Version, mapping: Mapping_) -> ConnectionShown:
    """Keep what the words of a helpdesk mean here; the connector's own meaning stands for all other words.

    Tickets are read so from the next reading on, and those that were read before are brought in line with it. A word
    that is taken out of the map keeps its meaning on tickets until they change.

    Parameters
    ----------
    mapping
        ``{"statuses": {RAW: ours}, "priorities": {RAW: ours}, "escalated": {"tags": [TAG], "fields": {KEY:
        [VALUE]}}}``.
    """
    row = access_connection(actor, connection)
    return shown(deeds.change(row, version, mapping=meaning.checked(mapping)))
