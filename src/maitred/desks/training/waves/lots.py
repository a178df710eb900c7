"""Who is in which wave: people dealt at random, team by team, so that every wave holds its share of every team.

A pure function of the people, the number of waves and a seed that is kept, so that anybody can draw the same again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from maitred.base.errors import Invalid

FEWEST_IN_WAVE = 2
MOST_WAVES = 6


def drawn(teams: Mapping[int, int], waves: int, seed: int) -> dict[int, int]:
    """The wave, counted from 1, of each person.

    Parameters
    ----------
    teams
        The team of each person.
    waves
        How many waves; their sizes differ by one at most, also within each team.
    seed
        The same seed gives the same waves.

    Raises
    ------
    Invalid
        A wave would have a single person.

    Examples
    --------
    >>> sorted(drawn({1: 7, 2: 7, 3: 8, 4: 8}, 2, 0).values())
    [1, 1, 2, 2]
    """
    refuse_small_waves(len(teams), waves)
    return {person: wave + 1 for person, wave in zip(*_dealt(teams, waves, np.random.default_rng(seed)), strict=True)}


def redrawn(teams: Mapping[int, int], waves: int, seed: int, times: int) -> list[dict[int, int]]:
    """Other draws that the same lots could have given, for what chance alone would show."""
    dice = np.random.default_rng((seed, 1))
    return [{person: wave + 1 for person, wave in zip(*_dealt(teams, waves, dice), strict=True)} for _ in range(times)]


def refuse_small_waves(people: int, waves: int) -> None:
    """A wave of one is that one person's luck.

    Raises
    ------
    Invalid
        There are fewer than two people for a wave.
    """
    if people >= FEWEST_IN_WAVE * waves:
        return
    if waves == 1:
        what = f"a wave with {people} person: nobody can tell one person's luck from a course; name more people"
    else:
        most = people // FEWEST_IN_WAVE
        wish = f"ask for {most} wave{'s' if most > 1 else ''} or name more people" if most else "name more people"
        what = (
            f"{people} people in {waves} waves leave a wave with fewer than two people, and nobody can tell one "
            f"person's luck from a course: {wish}"
        )
    raise Invalid(what, "mend it", ({"field": "waves", "message": what, "code": "small"},))


def _dealt(teams: Mapping[int, int], waves: int, dice: np.random.Generator) -> tuple[Sequence[int], list[int]]:
    """People and waves in turn: each team is shuffled, and dealing goes on where it stopped for the one before."""
    order: list[int] = []
    for team in sorted(set(teams.values())):
        own = sorted(person for person, of in teams.items() if of == team)
        order += [own[place] for place in dice.permutation(len(own))]
    turn = dice.permutation(waves)
    return order, [int(turn[place % waves]) for place in range(len(order))]
