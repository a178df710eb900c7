"""The clocks of cases at an instant: from the packs that a case was opened under, its events and the calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from maitred.desks.compliance import access
from maitred.desks.compliance.clocks import Calendar, Clock, Happened, run_clocks
from maitred.desks.compliance.days import Own, calendar_of, told
from maitred.desks.compliance.models import Case, CaseEvent
from maitred.desks.compliance.reading_packs import Pack, PackClock, fits, pack_of, packs, parsed


@dataclass(frozen=True, slots=True)
class Ticking:
    """One clock of a case with its rule and pack."""

    pack: Pack
    of: PackClock
    clock: Clock


def current_packs() -> Mapping[str, Pack]:
    """The packs that ship, and those of the workspace's own folder."""
    home = getattr(settings, "MAITRED_HOME", None)
    return packs(Path(home) / "packs" if home else None)


def pack_content(pack: Pack) -> str:
    """The file of a current pack as it stands."""
    from maitred.desks.compliance.reading_packs import SHIPPED

    folder = SHIPPED if pack.shipped else Path(settings.MAITRED_HOME) / "packs"
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        if pack_of(content, path.name).pin == pack.pin:
            return content.decode()
    raise LookupError(pack.pin)


def pinned(pin: str) -> Pack | None:
    """The pack that a pin names: as it was kept, or the current one where it is the same."""
    current = current_packs().get(parsed(pin)[0])
    if current is not None and current.pin == pin:
        return current
    content = access.kept_pack(pin)
    return None if content is None else _read(pin, content)


@lru_cache(maxsize=64)
def _read(pin: str, content: str) -> Pack:
    return pack_of(content.encode(), pin)


def packs_of(case: Case) -> list[Pack]:
    """The packs under which a case stands."""
    return [one for one in map(pinned, case.packs) if one is not None]


def packs_for(kind: str, facts: Mapping[str, object]) -> list[Pack]:
    """The current packs that hold for a case with these facts."""
    return [one for one in current_packs().values() if one.about == kind and one.applies(facts)]


def own_of(calendar: str) -> list[Own]:
    """The organisation's own days of a calendar."""
    return [Own(row.day, row.kind, row.valid_from, row.hour) for row in access.own_days(calendar)]


class Calendars:
    """Calendars of packs for one look: each is put together once."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Calendar, str]] = {}

    def of(self, pack: Pack) -> Calendar:
        """The calendar of a pack."""
        return self._both(pack)[0]

    def told(self, pack: Pack) -> str:
        """Which version of it that is."""
        return self._both(pack)[1]

    def _both(self, pack: Pack) -> tuple[Calendar, str]:
        if pack.pin not in self._made:
            own = own_of(pack.calendar)
            self._made[pack.pin] = calendar_of(pack, own), told(pack, own)
        return self._made[pack.pin]


def happened(events: Iterable[CaseEvent]) -> list[Happened]:
    """Events as the clocks read them."""
    return [Happened(row.name, row.at, row.letter_on, row.key) for row in events]


def ticking(case: Case, events: Sequence[CaseEvent], now: datetime, calendars: Calendars) -> list[Ticking]:
    """Every clock of a case as it stands at an instant; waiting ones too."""
    found = []
    known = happened(events)
    for pack in packs_of(case):
        mine = [one for one in pack.clocks if fits(one.when, case.facts)]
        ran = run_clocks([one.rule for one in mine], known, calendars.of(pack), pack.zone, now)
        found += [Ticking(pack, of, clock) for of, clock in zip(mine, ran, strict=True)]
    return found
