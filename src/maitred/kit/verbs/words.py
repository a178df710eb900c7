"""The types that verbs take: text with a length, ids that name an object, the version one has read, a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Names:
    """Marks a parameter that names an object: it stands in the path of the REST door and in the access matrix."""

    noun: str


ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Version = Annotated[int, Field(ge=1, le=LARGEST, description="The version that was read; a stale one is refused.")]
Cursor = Annotated[str | None, Field(max_length=500, description="`next` of the page before; left out for the first.")]
Limit = Annotated[int, Field(ge=1, le=200, description="Rows in one page.")]
