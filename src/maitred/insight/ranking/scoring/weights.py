"""The weights of a score: a file with a name, a digest, an author, a date and a word on how it was fitted."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from maitred.base.errors import BadInput, NotFound

FEATURES = (
    "role", "place", "years", "lead_years", "tools", "skills", "certifications", "languages", "industries", "education",
    "team_size", "recency",
)  # fmt: skip
"""Every feature of the score, in the order in which they are told."""
LARGEST_WEIGHT = 100
LARGEST_VALUE = 1000
STANDARD = "support-1"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weights file; ``sha256`` is of its bytes, so that an audit names exactly what it judged."""

    name: str
    sha256: str
    author: str
    date: str
    fitted_on: str
    of: Mapping[str, int]

    def told(self) -> dict[str, str]:
        """What a result says of it."""
        return {"name": self.name, "sha256": self.sha256}


@cache
def weights(name: str = STANDARD) -> Weights:
    """The weights of that name.

    Raises
    ------
    NotFound
        There is no such file.
    """
    path = Path(__file__).parent / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise NotFound(f"there are no weights {name!r}", f"use {STANDARD}")
    return read(path.read_bytes())


def read(data: bytes) -> Weights:
    """Weights from the bytes of a file.

    Raises
    ------
    BadInput
        A feature has no weight, or one that is no whole number from 0 to 100.
    """
    document = tomllib.loads(data.decode())
    given = document["weights"]
    if set(given) != set(FEATURES):
        raise BadInput("the weights do not name every feature once", f"name {', '.join(FEATURES)}")
    wrong = [name for name, one in given.items() if not (type(one) is int and 0 <= one <= LARGEST_WEIGHT)]
    if wrong:
        raise BadInput(f"the weight of {wrong[0]} is no whole number from 0 to {LARGEST_WEIGHT}")
    digest = hashlib.sha256(data).hexdigest()
    author, day, fitted_on = (str(document[name]) for name in ("author", "date", "fitted_on"))
    return Weights(str(document["name"]), digest, author, day, fitted_on, {name: given[name] for name in FEATURES})
