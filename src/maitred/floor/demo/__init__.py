"""The demonstration organisation: Quillfern, at four sizes, with stories in it that a visitor can find.

``demo(size, seed)`` gives the world, ``stories(world)`` tells what was planted in it and where to look. All of it is
simulated, and every page that shows it says so.
"""

from __future__ import annotations

from maitred.floor.demo.company import BOT, BOT_NAME, DESKS, NAME, SUBJECTS, TEAMS, Team
from maitred.floor.demo.size import SIZES, Size, demo
from maitred.floor.demo.stories import STORIES, Story, Told, stories

__all__ = [
    "BOT",
    "BOT_NAME",
    "DESKS",
    "NAME",
    "SIZES",
    "STORIES",
    "SUBJECTS",
    "TEAMS",
    "Size",
    "Story",
    "Team",
    "Told",
    "demo",
    "stories",
]
