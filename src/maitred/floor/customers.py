"""Who writes: accounts of every size with their people, how they feel by nature, and which of them a contact is from.

Everything is drawn by the number of the account or of the customer, so the same people are there in every run of a
world's seed, whatever else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.floor.streams import Purpose, normals, uniforms
from maitred.floor.world import Customers, World

REVENUE_SPREAD: Final = 0.6
"""Log-sd of yearly revenue inside a segment."""
PERSON_SPREAD: Final = 0.5
"""Log-sd of how often one person writes, against the others of the account."""
PROPENSITY: Final = 0.8
"""Sd (logits) of how readily people answer surveys."""
YEAR: Final = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Population:
    """The customers of a world, numbered 0..n-1, account by account; arrays are read-only.

    Attributes
    ----------
    account
        Account of each customer; shape (customers,).
    weight
        Cumulative share of contacts by customer; the last is 1.
    temper
        Latent shift of satisfaction of each customer.
    propensity
        Shift of the log-odds of answering a survey.
    segment
        Of each account: position in ``world.customers.segments``; shape (accounts,).
    revenue
        Yearly, of each account.
    renewal
        Milliseconds from the origin to each account's first renewal; yearly afterwards.
    """

    account: NDArray[np.int32]
    weight: NDArray[np.float64]
    temper: NDArray[np.float64]
    propensity: NDArray[np.float64]
    segment: NDArray[np.int8]
    revenue: NDArray[np.float64]
    renewal: NDArray[np.int64]


def population(world: World) -> Population:
    """The customers of a world.

    Accounts that write often have more people, so that everybody writes about as often: a log-normal size with log-sd
    ``skew`` decides both.
    """
    return _population(world.customers, world.seed)


@lru_cache(maxsize=8)
def _population(customers: Customers, seed: int) -> Population:
    accounts = np.arange(customers.accounts, dtype=np.uint64)
    word, purpose = np.uint64(seed), int(Purpose.ORGANISATION)
    shares = np.cumsum([share for _, share, _ in customers.segments])
    segment = np.searchsorted(shares / shares[-1], uniforms(word, purpose, accounts, 0)).astype(np.int8)
    medians = np.array([revenue for _, _, revenue in customers.segments])
    size = np.exp(customers.skew * normals(word, purpose, accounts, 3) - customers.skew**2 / 2)
    people = np.maximum(1, np.rint(customers.per_account * size)).astype(np.int64)
    numbers = np.arange(int(people.sum()), dtype=np.uint64)
    account = np.repeat(np.arange(customers.accounts, dtype=np.int32), people)
    return _sealed(
        Population(
            account=account,
            weight=_weights(size, account, np.exp(PERSON_SPREAD * normals(word, purpose, numbers, 10))),
            temper=customers.temper * normals(word, purpose, numbers, 11),
            propensity=PROPENSITY * normals(word, purpose, numbers, 12),
            segment=segment,
            revenue=medians[segment] * np.exp(REVENUE_SPREAD * normals(word, purpose, accounts, 1)),
            renewal=(uniforms(word, purpose, accounts, 2) * YEAR).astype(np.int64),
        )
    )


def _weights(size: NDArray[np.float64], account: NDArray[np.int32], person: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulative shares: an account's share by its size, a person's by theirs among the account's people."""
    share = person * (size / np.bincount(account, person, len(size)))[account]
    total = np.cumsum(share)
    weight: NDArray[np.float64] = total / total[-1]
    weight[-1] = 1.0
    return weight


def _sealed(made: Population) -> Population:
    for name in Population.__slots__:
        getattr(made, name).setflags(write=False)
    return made
