"""Features as people and files read them: numbers by column, and the same by the names of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from maitred.insight.ranking import places
from maitred.insight.ranking.columns import BITS_OF_A_COLUMN, EDUCATION, Features
from maitred.insight.ranking.profiles.extraction import READ_FEATURES, extract
from maitred.insight.ranking.profiles.shapes import Extracted
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, ROLES, SKILLS, TOOLS, Term


def line(name: str, document: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """What a dry run says of one profile."""
    return told(name, extract(document, as_of=as_of))


def told(name: str, found: Extracted) -> dict[str, Any]:
    """What was read of one profile, with its evidence."""
    evidence = [
        {
            "field": one.field,
            "start": one.start,
            "end": one.end,
            "text": one.text,
            "about": one.about,
            "dated": one.dated,
        }
        for one in found.evidence
    ]
    return {
        "id": name,
        "features": numbers(found.features),
        "features_sha256": found.sha256,
        "evidence": evidence,
        "read_as": read_as(found.features),
        "imprecise": found.imprecise,
        "notes": [{"field": one.field, "why": one.why} for one in found.notes],
    }


def numbers(features: Features) -> dict[str, int]:
    """The features that were read, by column."""
    return {name: getattr(features, name) for name in READ_FEATURES}


def read_as(features: Features) -> dict[str, Any]:
    """The same by names: role, city, degree, and the terms of each set."""
    city = places.cities()[features.city] if features.city >= 0 else None
    return {
        "role": ROLES[features.role].id if features.role >= 0 else None,
        "city": None if city is None else {"geonameid": city.geonameid, "name": city.name, "country": city.country},
        "education": EDUCATION[features.education] if features.education >= 0 else None,
        "tools_dated": _names(features.tools_dated, TOOLS),
        "tools_listed": _names(features.tools_listed, TOOLS),
        "skills_dated": _names(_joined(features, "skills_dated"), SKILLS),
        "skills_listed": _names(_joined(features, "skills_listed"), SKILLS),
        "certificates": _names(features.certs, CERTIFICATES),
        "languages": _names(features.languages, LANGUAGES),
        "industries": _names(features.industries, INDUSTRIES),
    }


def _joined(features: Features, name: str) -> int:
    return sum(int(getattr(features, f"{name}_{part}")) << (BITS_OF_A_COLUMN * part) for part in range(4))


def _names(bits: int, terms: tuple[Term, ...]) -> list[str]:
    return [term.id for term in terms if bits >> term.bit & 1]
