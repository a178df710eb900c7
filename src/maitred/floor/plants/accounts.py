"""Plants about accounts: one that is about to leave and shows it, and what makes a whole segment leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from maitred.floor.plants.planted import (
    Concern,
    Expectation,
    Hazard,
    Planted,
    When,
    closing,
    instant,
    known,
    refused,
    until,
)
from maitred.floor.world import Extra, World


@dataclass(frozen=True, slots=True)
class AtRiskAccount(Planted):
    """One account writes more and in a worse mood for weeks, and is then more likely to leave.

    ``weekly`` is how many contacts come on top of its usual ones, reached by a ramp; ``tone`` the shift of latent
    satisfaction of all of them; ``hazard`` the shift of the monthly log-odds of leaving from ``lead_days`` after the
    start on, so that the signs come before the loss.
    """

    account: int
    start: When
    end: When | None = None
    weekly: float = 6.0
    tone: float = -1.5
    hazard: float = 2.5
    lead_days: float = 21.0

    EXPECT: ClassVar[tuple[Expectation, ...]] = (Expectation("account_risk", 28),)
    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_new")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {
        "account": (0, 1e9),
        "weekly": (0, 10_000),
        "hazard": (-20, 20),
        "lead_days": (0, 3650),
    }

    def alter(self, world: World) -> World:
        if self.account >= world.customers.accounts:
            last = world.customers.accounts - 1
            raise refused(
                self, "account", f"is {self.account}, which this world does not hold", f"it holds 0 to {last}"
            )
        return world

    def extras(self, world: World) -> tuple[Extra, ...]:
        start, end = self.window(world)
        last = until(world, start, end, 36_500)
        whole = sum(one.weekly for one in world.classes)
        if start >= last or not whole:
            return ()
        names = tuple(one.name for one in world.classes)
        volume = self.weekly / whole
        return (Extra(self.id, names, start, last, volume, "ramp", account=self.account, tone=self.tone),)

    def hazards(self, world: World) -> tuple[Hazard, ...]:
        start = instant(self.start) + timedelta(days=self.lead_days)
        end = instant(self.end) if self.end else closing(world)
        return (Hazard(self.id, start, end, self.hazard, self.account),) if start < end else ()

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "account", "id": str(self.account)}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        which = (("account", str(self.account)),)
        return (Concern("arrivals#1", which, start, until(world, start, end, 91)),)


@dataclass(frozen=True, slots=True)
class ChurnDriver(Planted):
    """From a day on accounts leave more often for a reason outside support, such as a price: no desk could stop it.

    ``segment`` (empty: all) is whom it concerns; ``hazard`` shifts the monthly log-odds of leaving.
    """

    start: When
    end: When | None = None
    segment: str = ""
    hazard: float = 1.0

    NEVER: ClassVar[tuple[str, ...]] = ("agent_quality", "topic_surge", "topic_new", "volume")
    BOUNDS: ClassVar[dict[str, tuple[float, float]]] = {"hazard": (-20, 20)}

    def alter(self, world: World) -> World:
        if self.segment:
            known(self, "segment", self.segment, [name for name, _, _ in world.customers.segments])
        return world

    def hazards(self, world: World) -> tuple[Hazard, ...]:
        start: datetime = instant(self.start)
        end = instant(self.end) if self.end else closing(world)
        return (Hazard(self.id, start, end, self.hazard, segment=self.segment),) if start < end else ()

    def subject(self, world: World) -> dict[str, str]:
        return {"type": "segment", "id": self.segment} if self.segment else {"type": "workspace", "id": world.name}

    def concerns(self, world: World) -> tuple[Concern, ...]:
        start, end = self.window(world)
        which = (("segment", self.segment),) if self.segment else ()
        return (Concern("truth.churned", which, start, until(world, start, end, 365)),)
