"""The editor of a scorecard's draft: its items as a form has them, and what was sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maitred.base.errors import Invalid, MaitredError
from maitred.desks.quality.pages import wording
from maitred.desks.quality.verbs.shapes import ItemGiven, ScorecardShown
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field, Option

MORE = 3
"""Empty items that are added at a time."""
_PLACE = re.compile(r"item-(\d{1,3})-title")
_ANCHOR = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*[=:]\s*(\S.*)")
_CHECKS = ("critical", "allows_na", "needs_evidence")


@dataclass(frozen=True, slots=True)
class ItemForm:
    """One item of the editor; ``blank`` where it is not one yet."""

    place: int
    prefix: str
    key: str
    title: str
    blank: bool
    fields: Sequence[Field]


def views(found: ScorecardShown, request: HttpRequest, problem: MaitredError | None, more: int) -> list[ItemForm]:
    """The draft's items as forms, with empty ones behind; a refused form comes back as it was sent."""
    if problem is not None and request.POST:
        wrong = _wrong(problem)
        return [_as_sent(place, number, request.POST, wrong.get(place, {}))
                for place, number in enumerate(_places(request.POST))]  # fmt: skip
    known = [_form(place, each) for place, each in enumerate(found.items)]
    extra = more or (0 if known else MORE)
    return [*known, *(_form(len(known) + place, None) for place in range(max(extra, 1)))]


def sent(posted: QueryDict) -> list[dict[str, Any]]:
    """The items as the verb takes them, in the order of their places; an item without a title is left out."""
    rows = [(_number(posted.get(f"item-{each}-place", ""), each), each) for each in _places(posted)]
    kept = [each for _place, each in sorted(rows) if posted.get(f"item-{each}-title", "").strip()]
    taken: set[str] = set()
    return [_given(posted, each, taken) for each in kept]


def loose(problem: MaitredError | None, found: ScorecardShown) -> list[str]:
    """What is wrong with the card as a whole."""
    if not isinstance(problem, Invalid):
        return []
    return [forms.sentence(one["message"]) for one in problem.errors]


def key_of(title: str, taken: set[str]) -> str:
    """A key for an item, made from its title, that no other item has.

    >>> key_of("Gave a time", set()), key_of("Überblick", {"uberblick"}), key_of("100 %", set())
    ('gave_a_time', 'uberblick_2', 'item_100')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50] or "item"
    found = found if found[0].isalpha() else f"item_{found}"
    number, name = 2, found
    while name in taken:
        name, number = f"{found}_{number}", number + 1
    return name


def _places(posted: QueryDict) -> list[int]:
    return sorted({int(match[1]) for name in posted if (match := _PLACE.fullmatch(name))})


def _given(posted: QueryDict, number: int, taken: set[str]) -> dict[str, Any]:
    def word(name: str) -> str:
        return posted.get(f"item-{number}-{name}", "").strip()

    key = word("key")
    key = key_of(word("title"), taken) if not key or key in taken else key
    taken.add(key)
    scale = word("kind") == "scale"
    given: dict[str, Any] = {
        "key": key, "title": word("title"), "description": word("description"), "kind": word("kind") or "yes_no",
        "weight": _amount(word("weight")) or "0", "source": "automatic" if word("source") else "human",
        **{name: bool(word(name)) for name in _CHECKS},
    }  # fmt: skip
    if scale:
        given |= {"minimum": _amount(word("minimum")), "maximum": _amount(word("maximum")),
                  "anchors": list(_anchors(word("anchors")))}  # fmt: skip
    return given


def _anchors(text: str) -> Iterator[Mapping[str, str]]:
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _ANCHOR.fullmatch(line)
        if found is None:
            message = _("“%(line)s”: write a value, an equals sign and what it stands for, such as 3 = fully")
            message = message % {"line": line.strip()[:60]}
            raise Invalid(message, "", ({"field": "anchors", "message": message, "code": "anchor"},))
        yield {"value": _amount(found[1]), "label": found[2].strip()}


def _amount(text: str) -> str:
    """A number as people write it, with a comma or a point."""
    return text.strip().replace(",", ".")


def _number(text: str, usual: int) -> float:
    try:
        return float(_amount(text))
    except ValueError:
        return float(usual + 1)


def _form(place: int, item: ItemGiven | None) -> ItemForm:
    one = item or ItemGiven("", "", "yes_no", 0)
    anchors = "\n".join(f"{wording.plain(each.value)} = {each.label}" for each in one.anchors)
    values = {
        "title": one.title, "description": one.description, "weight": wording.plain(one.weight) if item else "",
        "minimum": wording.plain(one.minimum) if one.kind == "scale" else "1",
        "maximum": wording.plain(one.maximum) if one.kind == "scale" else "3", "anchors": anchors, "kind": one.kind,
        "place": str(place + 1), "critical": one.critical, "allows_na": one.allows_na,
        "needs_evidence": one.needs_evidence, "source": one.source == "automatic",
    }  # fmt: skip
    return ItemForm(place, f"item-{place}", one.key, one.title, item is None, _fields(place, values))


def _as_sent(place: int, number: int, posted: QueryDict, wrong: Mapping[str, list[str]]) -> ItemForm:
    names = ("title", "description", "weight", "minimum", "maximum", "anchors", "kind", "place", *_CHECKS, "source")
    values = {name: posted.get(f"item-{number}-{name}", "") for name in names}
    fields = [replace(one, errors=tuple(wrong.get(one.name.rpartition("-")[2], ()))) for one in _fields(number, values)]
    title = values["title"]
    return ItemForm(place, f"item-{number}", posted.get(f"item-{number}-key", ""), title, not title.strip(), fields)


def _fields(number: int, values: Mapping[str, Any]) -> list[Field]:
    def named(name: str) -> str:
        return f"item-{number}-{name}"

    kinds = [Option("yes_no", _("yes or no"), chosen=values["kind"] != "scale"),
             Option("scale", _("a scale"), chosen=values["kind"] == "scale")]  # fmt: skip
    return [
        Field(named("title"), pgettext("item", "Title"), value=values["title"]),
        Field(named("weight"), _("Weight"), value=values["weight"], help=_("All together make 100.")),
        Field(named("place"), _("Place"), "number", values["place"]),
        Field(named("kind"), _("Answered with"), "select", options=kinds),
        Field(named("minimum"), _("Scale from"), value=values["minimum"]),
        Field(named("maximum"), _("Scale to"), value=values["maximum"]),
        Field(named("description"), _("When it counts"), "textarea", values["description"], optional=True),
        Field(named("anchors"), _("What the values stand for"), "textarea", values["anchors"], optional=True,
              help=_("One a line: 3 = fully.")),
        Field(named("critical"), _("Critical: under half of its scale the review counts as 0"), "check",
              "on" if values["critical"] else ""),
        Field(named("needs_evidence"), _("Needs a quote"), "check", "on" if values["needs_evidence"] else ""),
        Field(named("allows_na"), _("May be not applicable"), "check", "on" if values["allows_na"] else ""),
        Field(named("source"), _("Answered by a rule, not part of the score"), "check",
              "on" if values["source"] else ""),
    ]  # fmt: skip


def _wrong(problem: MaitredError) -> dict[int, dict[str, list[str]]]:
    """What is wrong, by the item's place and field."""
    found: dict[int, dict[str, list[str]]] = {}
    for one in problem.errors if isinstance(problem, Invalid) else ():
        parts = one["field"].split(".")
        if len(parts) >= 3 and parts[0] == "items" and parts[1].isdigit():
            found.setdefault(int(parts[1]), {}).setdefault(parts[2], []).append(forms.sentence(one["message"]))
    return found
