"""Which columns of a log say who, what and when: the four that the command line names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from maitred.connectors.files.eventlog.mapping import Mapping

CASE_PREFIX = "case:"
LIFECYCLE = "lifecycle:transition"


@dataclass(frozen=True, slots=True)
class Roles:
    """Column names of the case, the activity, the time and (if there is one) the actor."""

    case: str
    activity: str
    time: str
    actor: str | None = None

    def fitted(self, columns: Collection[str]) -> Roles:
        """The roles as an XES file writes them, where an attribute of the trace has the prefix ``case:``.

        >>> Roles("concept:name", "concept:name", "time:timestamp").fitted(["case:concept:name", "concept:name"]).case
        'case:concept:name'
        """
        prefixed = CASE_PREFIX + self.case
        if prefixed in columns and (self.case not in columns or self.case == self.activity):
            return replace(self, case=prefixed)
        return self

    def needs(self, mapping: Mapping | None = None) -> dict[str, str]:
        """Every column that decoding needs -> who names it."""
        named = {self.case: "--case", self.activity: "--activity", self.time: "--time"}
        if self.actor is not None:
            named[self.actor] = "--actor"
        if mapping is not None:
            if mapping.order is not None:
                named.setdefault(mapping.order, f"order of the map {mapping.source}")
            for field, column in mapping.columns.items():
                named.setdefault(column, f"columns.{field} of the map {mapping.source}")
        return named
