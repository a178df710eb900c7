"""Chips, terms and states of a search in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.hiring.search_shapes import ChangeTold, TermTold, WhyNot

Words = str | Promise
SLOTS: dict[str, Words] = {
    "title": gettext_lazy("title"), "place": gettext_lazy("place"), "remote": gettext_lazy("where"),
    "years_min": gettext_lazy("experience"), "years_max": gettext_lazy("experience"),
    "lead_years_min": gettext_lazy("leading"), "tool": gettext_lazy("tool"), "skill": gettext_lazy("skill"),
    "certification": gettext_lazy("certificate"), "education_min": gettext_lazy("education"),
    "language": gettext_lazy("language"), "industry": gettext_lazy("industry"),
    "team_size_min": gettext_lazy("team"), "employment_type": gettext_lazy("kind of work"),
    "keyword": gettext_lazy("words"),
}  # fmt: skip
FEATURES: dict[str, Words] = {
    "role": gettext_lazy("Title"), "place": gettext_lazy("Place"), "years": gettext_lazy("Years of support"),
    "lead_years": gettext_lazy("Years of leading"), "tools": gettext_lazy("Tools"), "skills": gettext_lazy("Skills"),
    "certifications": gettext_lazy("Certificates"), "languages": gettext_lazy("Languages"),
    "industries": gettext_lazy("Industries"), "education": gettext_lazy("Education"),
    "team_size": gettext_lazy("Size of the team"), "recency": gettext_lazy("How recent"),
}  # fmt: skip
STATES: dict[str, Words] = {
    "met": gettext_lazy("met"), "partly": gettext_lazy("partly"), "missing": gettext_lazy("missing"),
    "unknown": gettext_lazy("not told"),
}  # fmt: skip
LOOKS = {"met": "on", "partly": "low", "missing": "bad", "unknown": "off"}
ASSUMED: dict[str, Words] = {
    "radius_km": gettext_lazy("the radius is assumed"), "family": gettext_lazy("customer support is assumed"),
}  # fmt: skip


def chip(one: Mapping[str, Any]) -> str:
    """A chip as a person reads it: ``tool: Zendesk``, ``experience: 4 years or more``."""
    slot = one["slot"]
    return f"{SLOTS.get(slot, slot)}: {value(one)}"


def value(one: Mapping[str, Any]) -> str:
    """What a chip asks for."""
    slot, held = one["slot"], one["value"]
    if slot in ("years_min", "lead_years_min"):
        return ngettext("%(n)s year or more", "%(n)s years or more", int(held)) % {"n": held}
    if slot == "years_max":
        return ngettext("%(n)s year at most", "%(n)s years at most", int(held)) % {"n": held}
    if slot == "team_size_min":
        return ngettext("%(n)s person or more", "%(n)s people or more", int(held)) % {"n": held}
    if isinstance(held, Mapping):
        name = str(held.get("label") or held.get("name") or held.get("id") or "")
        if slot == "education_min":
            return _("%(degree)s or higher") % {"degree": name.replace("_", " ")}
        if held.get("radius_km"):
            return _("%(place)s and %(km)s km around") % {"place": name, "km": held["radius_km"]}
        return name
    return str(held).replace("_", " ")


def assumed(one: Mapping[str, Any]) -> list[str]:
    """What nobody said."""
    return [str(ASSUMED.get(name, name.replace("_", " "))) for name in one.get("assumed", ())]


def named(what: str, chips: Sequence[Mapping[str, Any]]) -> str:
    """``tool:zendesk`` or ``years`` as a person reads it."""
    if what in FEATURES:
        return str(FEATURES[what])
    slot, _sign, name = what.partition(":")
    for one in chips:
        held = one["value"]
        if one["slot"] == slot and (not name or (isinstance(held, Mapping) and held.get("id") == name)):
            return value(one)
    return name or str(SLOTS.get(slot, slot))


def term(one: TermTold, chips: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A term as a line of a result's table."""
    return {
        "one": one, "name": FEATURES.get(one.feature, one.feature), "state": STATES[one.state],
        "look": LOOKS[one.state], "most": one.weight * 1000,
        "parts": [{"what": value(chips[part.chip]), "state": STATES[part.state], "look": LOOKS[part.state]}
                  for part in one.parts if part.chip < len(chips)],
    }  # fmt: skip


def state(told: WhyNot, chips: Sequence[Mapping[str, Any]]) -> str:
    """Where somebody stands in a search."""
    if told.state == "on_page":
        return _("On this page, at place %(n)s.") % {"n": told.rank}
    if told.state == "lower":
        if told.rank:
            return _("Lower in the list, at place %(n)s.") % {"n": told.rank}
        return _("Lower in the list.")
    if told.state == "removed":
        named_chips = [value(chips[place]) for place in (told.result.removed_by if told.result else ())]
        return _("Removed by: %(what)s.") % {"what": ", ".join(named_chips)}
    return {
        "cannot_tell": _("In the second list: a must cannot be told from the profile."),
        "other_role": _("Their last title is not near the one that is asked for."),
        "hidden": _("Hidden: the day until which they may be found has passed."),
        "not_indexed": _("Not in the index."),
    }[told.state]


def change(one: ChangeTold) -> str:
    """One change in words."""
    name = str(FEATURES.get(one.feature, one.feature))
    if one.months:
        more = ngettext("%(n)s month more", "%(n)s months more", one.months) % {"n": one.months}
        return f"{name}: {more}"
    return _("%(what)s: %(from)s → %(to)s of 1000") % {"what": name, "from": one.from_value, "to": one.to_value}
