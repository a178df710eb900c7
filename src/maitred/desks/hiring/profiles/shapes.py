"""What the door of the vault takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from maitred.kit.verbs.words import Names

ProfileId = Annotated[str, Names("profile"), StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""The id that a source gave, or the key of the vault."""
SourceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Basis = Annotated[str, Field(pattern="^(applicant|talent_pool|referral|employee|licensed|synthetic)$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]

SYNTHETIC = "synthetic person: does not exist"


@dataclass(frozen=True, slots=True)
class ProfileListed:
    """One profile without a name: where it is from, on which basis, and until when."""

    key: int
    id: str
    source: str
    basis: str
    last_modified: date | None
    added_on: date
    hide_after: date
    erase_after: date
    watermark: str
    version: int


@dataclass(frozen=True, slots=True)
class Slice:
    """What a feature was read from; ``text`` is the source's ``start`` to ``end``."""

    field: str
    start: int
    end: int
    text: str
    about: str
    dated: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read, and why: it counts as unknown."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """One profile: its source and clocks, who it is as far as one may see, what search reads of it, and why."""

    key: int
    id: str
    source: str
    basis: str
    watermark: str
    name: Any
    contact: Any
    last_modified: date | None
    added_on: date
    noticed_on: date | None
    consented_on: date | None
    hide_after: date
    erase_after: date
    kept_because: str
    features: dict[str, int]
    read_as: dict[str, Any]
    features_sha256: str
    imprecise: bool
    evidence: tuple[Slice, ...]
    unread: tuple[Unread, ...]
    version: int


@dataclass(frozen=True, slots=True)
class ProfileExport:
    """Everything that the house holds of one person, for that person."""

    key: int
    id: str
    source: str
    basis: str
    added_on: date
    last_modified: date | None
    noticed_on: date | None
    consented_on: date | None
    hide_after: date
    erase_after: date
    document: dict[str, Any]
    features: dict[str, int]
    candidates: tuple[str, ...]
    watermark: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure took away."""

    id: str
    source: str
    search_rows: int
    self_told: int
    candidates_unnamed: int
    seconds: float
    backups: str


@dataclass(frozen=True, slots=True)
class SharedContact:
    """Profiles with one mail address; they are kept apart, and a person decides whether they are one."""

    ids: tuple[str, ...]
    sources: tuple[str, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedContacts:
    """Every mail address that several profiles have."""

    items: tuple[SharedContact, ...]
