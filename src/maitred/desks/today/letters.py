"""What goes out about findings: the daily letter, an alert by mail, and the messages of Slack and Teams rooms.

What is about a person is never in it: there is one line that says how many such items wait in the console.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.desks.today import wording
from maitred.kit.documents.sections import Document, Figure, Note, Paragraph, Section, Sentence

_LONGEST = 2_800
"""Characters of one text block; Slack takes 3 000."""


@dataclass(frozen=True, slots=True)
class Item:
    """One finding as it is told outside."""

    id: str
    title: str
    says: str
    harm: str


def item(finding: Any) -> Item:
    """A finding in three lines."""
    says = [wording.effect(finding.effect, finding.n), wording.since(finding.since), wording.cause(finding.cause)]
    return Item(finding.id, finding.title, "; ".join(says), wording.harm(finding.harm))


def daily(
    items: Sequence[Item], personal: int, checked: int, as_of: datetime, zone: str, publication: int, language: str,
    address: str,
) -> Document:  # fmt: skip
    """The letter of the morning; its subject is the first finding."""
    sections = [_section(one, place) for place, one in enumerate(items, start=1)]
    if personal:
        sections.append(Section(_personal(personal), (Note(_("Open Today in maitred to read it."), "info"),)))
    sections.append(Section(nothing(checked, bool(items or personal)), (Paragraph(_where_to_change(address)),)))
    return Document(
        _subject(items, personal, checked), _("Today in maitred"), as_of, str(publication), zone, (), language,
        tuple(sections), (), address,
    )  # fmt: skip


def alert(one: Item | None, as_of: datetime, zone: str, publication: int, language: str, address: str) -> Document:
    """A letter about one finding; without an item it is about a person, and says only that."""
    section = _section(one, 0) if one else Section(_personal(1), (Paragraph(_("Open Today in maitred to read it.")),))
    title = one.title if one else _personal(1)
    last = Section(_("Why you are told"), (Paragraph(_where_to_change(address)),))
    return Document(
        title, _("An alert of maitred"), as_of, str(publication), zone, (), language, (section, last), (), address
    )


def nothing(checked: int, other: bool) -> str:
    """That nothing else moved, and how much was looked at."""
    told = {"n": checked}
    if other:
        return ngettext("Nothing else needs you: %(n)s series checked", "Nothing else needs you: %(n)s series checked",
                        checked) % told  # fmt: skip
    return ngettext("%(n)s series checked, nothing needs you", "%(n)s series checked, nothing needs you",
                    checked) % told  # fmt: skip


def slack(one: Item | None, address: str) -> dict[str, Any]:
    """The message for a Slack room: a plain text that stands by itself, and the same as blocks of plain text."""
    lines = _lines(one, address)
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": line[:_LONGEST], "emoji": False}}
              for line in lines]  # fmt: skip
    return {"text": _unmarked("\n".join(lines)), "blocks": blocks}


def teams(one: Item | None, address: str) -> dict[str, Any]:
    """The message for a Teams room: a card of text blocks."""
    lines = _lines(one, address)
    first = {"type": "TextBlock", "text": _bare(lines[0]), "wrap": True, "weight": "Bolder"}
    rest = [{"type": "TextBlock", "text": _bare(line), "wrap": True} for line in lines[1:]]
    content = {"type": "AdaptiveCard", "version": "1.4", "body": [first, *rest]}
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "text": lines[0][:_LONGEST], "attachments": [card]}


def link(finding: str, address: str) -> str:
    """Where a finding is read; a plain address that changes nothing."""
    return f"{address.rstrip('/')}{reverse('today_finding', args=[finding])}"


def _lines(one: Item | None, address: str) -> list[str]:
    if one is None:
        return [_personal(1), f"{address.rstrip('/')}{reverse('start')}"]
    return [one.title, one.says, one.harm, link(one.id, address)]


def _section(one: Item, place: int) -> Section:
    url = reverse("today_finding", args=[one.id])
    cost = Figure(_("What it costs"), one.harm, url=url)
    return Section(f"{place}. {one.title}" if place else one.title, (Sentence(one.says, (cost,)),))


def _subject(items: Sequence[Item], personal: int, checked: int) -> str:
    more = len(items) + personal - 1
    if not items:
        return _personal(personal) if personal else nothing(checked, other=False)
    if not more:
        return items[0].title
    return ngettext("%(what)s, and %(n)s more", "%(what)s, and %(n)s more", more) % {
        "what": items[0].title, "n": more,
    }  # fmt: skip


def _personal(count: int) -> str:
    return ngettext(
        "%(n)s item about a person: open in maitred", "%(n)s items about persons: open in maitred", count
    ) % {"n": count}


def _where_to_change(address: str) -> str:
    return _("What is sent and when: %(url)s") % {"url": f"{address.rstrip('/')}{reverse('today_alerts')}"}


def _unmarked(text: str) -> str:
    """A text in which Slack finds neither links nor people to call."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:_LONGEST]


def _bare(text: str) -> str:
    """A text in which a card finds no markup."""
    for sign in "\\[]*_`#":
        text = text.replace(sign, f"\\{sign}")
    return text[:_LONGEST]


Payload = Mapping[str, Any]
