"""Clocks of rules: from a rule, the events of a case and a calendar to a deadline that can be explained.

Pure: no database, no Django, no wall clock. Instants are UTC; days are those of the pack's zone. ``run_clock`` gives
one clock, ``run_clocks`` those of a whole pack in their order, ``warnings_due`` what has to be said by now.
"""

from maitred.desks.compliance.clocks.calendars import Calendar, CalendarVersion
from maitred.desks.compliance.clocks.rules import (
    Ahead,
    ClockRule,
    Extension,
    Happened,
    Length,
    Pause,
    Start,
    VoidRule,
)
from maitred.desks.compliance.clocks.running import Clock, Entry, Warned, run_clock, run_clocks, warnings_due

__all__ = [
    "Ahead",
    "Calendar",
    "CalendarVersion",
    "Clock",
    "ClockRule",
    "Entry",
    "Extension",
    "Happened",
    "Length",
    "Pause",
    "Start",
    "VoidRule",
    "Warned",
    "run_clock",
    "run_clocks",
    "warnings_due",
]
