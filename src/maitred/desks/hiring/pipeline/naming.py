"""Names and contacts of candidates, read from the vault for those who may; whoever calls it has asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """How somebody is called and reached, where the house has it from, and on which ground."""

    name: str
    email: str
    source: str = ""
    basis: str = ""


def named(profiles: Collection[int]) -> Mapping[int, Named]:
    """Names by profile, of those that are still in the vault."""
    from maitred.desks.hiring.profiles import access, sealing

    found = {}
    for key, row in access.by_keys(profiles).items():
        contact = sealing.contact_in(row)
        found[key] = Named(contact.name, contact.email, row.source, row.basis)
    return found
