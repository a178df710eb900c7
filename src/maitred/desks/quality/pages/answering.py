"""The form of a review: what can be answered, with which digit, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maitred.base.errors import Invalid
from maitred.desks.quality.pages import wording
from maitred.desks.quality.verbs.shapes import AnswerGiven, ItemGiven, ReviewShown

MOST_STEPS = 9
"""A scale of more values than there are digits is answered by writing the number, unless it has anchors."""
_QUOTE = re.compile(r"#?(\d{1,4})\s*[:.)]\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen; ``digit`` is the key for it, ``same`` where it is the value as well."""

    value: str
    label: str | Promise
    digit: int | None
    chosen: bool

    @property
    def same(self) -> bool:
        return self.digit is not None and self.value == str(self.digit)

    @property
    def shown(self) -> str:
        """The label, without the value where that is the key beside it."""
        return str(self.label).removeprefix(self.value).strip() if self.same else str(self.label)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of the form. ``number`` is what was written where the answer is a number, not a choice."""

    place: int
    item: ItemGiven
    choices: Sequence[Choice]
    written: bool
    number: str
    comment: str
    quotes: str
    missing: bool
    lacking: bool

    @property
    def id(self) -> str:
        return f"item-{self.item.key}"


def views(one: ReviewShown, messages: Sequence[str]) -> list[ItemView]:
    """The items that a person answers, with the answers so far. ``messages``: ids in the order of the conversation."""
    given = {each.item: each for each in one.answers}
    asked = [item for item in one.items if item.source == "human"]
    return [_view(place, item, given.get(item.key), one, messages) for place, item in enumerate(asked, 1)]


def values(item: ItemGiven) -> list[tuple[str, str | Promise]]:
    """What an item can be answered with, from the worst to the best; empty where a number is written."""
    if item.kind == "yes_no":
        return [("no", pgettext("answer", "no")), ("yes", pgettext("answer", "yes"))]
    low, high = float(item.minimum), float(item.maximum)
    whole = low.is_integer() and high.is_integer()
    steps = int(high - low) + 1 if whole else MOST_STEPS + 1
    if steps <= MOST_STEPS:
        found = [low + step for step in range(steps)]
    elif 0 < len(item.anchors) <= MOST_STEPS:
        found = sorted(one.value for one in item.anchors)
    else:
        return []
    return [(wording.plain(value), wording.answer(item, value)) for value in found]


def sent(posted: QueryDict, one: ReviewShown) -> list[dict[str, Any]]:
    """The answers as the verb takes them.

    Raises
    ------
    Invalid
        A quote does not say of which message it is.
    """
    ids = posted.getlist("message")
    return [_answer(posted, item, ids) for item in one.items if item.source == "human"]


def as_sent(posted: QueryDict, found: Sequence[ItemView], wrong: Mapping[str, Any]) -> list[ItemView]:
    """The form as it comes back when it was refused: with what was entered."""
    return [_as_sent(posted, one, one.item.key in wrong) for one in found]


def _view(place: int, item: ItemGiven, given: AnswerGiven | None, one: ReviewShown, ids: Sequence[str]) -> ItemView:
    value = _plain(given.value) if given else ""
    lines = [f"{ids.index(quote.message) + 1}: {quote.text}" for quote in given.quotes if quote.message in ids] if (
        given) else []  # fmt: skip
    choices = _choices(item, value)
    written = not values(item)
    return ItemView(
        place, item, choices, written, "" if value == wording.NA else value, given.comment if given else "",
        "\n".join(lines), item.key in one.missing, item.key in one.lacking,
    )  # fmt: skip


def _choices(item: ItemGiven, value: str) -> list[Choice]:
    found = [Choice(each, label, digit, each == value) for digit, (each, label) in enumerate(values(item), 1)]
    if item.allows_na:
        found.append(Choice(wording.NA, pgettext("answer", "not applicable"), None, value == wording.NA))
    return found


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else wording.plain(float(value))


def _as_sent(posted: QueryDict, one: ItemView, wrong: bool) -> ItemView:
    key = one.item.key
    value = posted.get(f"answer-{key}", "")
    return ItemView(
        one.place, one.item, _choices(one.item, value), one.written,
        posted.get(f"number-{key}", one.number), posted.get(f"comment-{key}", ""), posted.get(f"quotes-{key}", ""),
        one.missing, one.lacking or wrong,
    )  # fmt: skip


def _answer(posted: QueryDict, item: ItemGiven, ids: Sequence[str]) -> dict[str, Any]:
    key = item.key
    value = posted.get(f"answer-{key}", "").strip() or posted.get(f"number-{key}", "").strip()
    return {
        "item": key, "value": value or None, "comment": posted.get(f"comment-{key}", ""),
        "quotes": [_quote(line, item, ids) for line in posted.get(f"quotes-{key}", "").splitlines() if line.strip()],
    }  # fmt: skip


def _quote(line: str, item: ItemGiven, ids: Sequence[str]) -> dict[str, str]:
    found = _QUOTE.fullmatch(line.strip())
    place = int(found[1]) if found else 0
    if found is None or not 1 <= place <= len(ids):
        told = _("begin each quote with the number of its message, such as 3: I will write to you by noon")
        message = _("%(item)s: %(what)s") % {"item": item.title, "what": told}
        raise Invalid(_("a quote does not say from which message it is"), told,
                      ({"field": item.key, "message": message, "code": "unplaced"},))  # fmt: skip
    return {"message": ids[place - 1], "text": found[2].strip()}
