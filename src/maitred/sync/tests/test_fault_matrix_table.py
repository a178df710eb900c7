"""The matrix of faults: which there are, at which helpdesk each is tested, and why not or where else at the others.

The tests stand in ``test_fault_matrix`` (transport, sign-in), ``_paging``, ``_data`` and ``_process``; each is named by
number, fault and helpdesk. Some are tested at one helpdesk in the fast suite; all of them at all in the slow one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from maitred.sync.tests.live import VENDORS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = ("test_fault_matrix", "test_fault_matrix_paging", "test_fault_matrix_data", "test_fault_matrix_process")
ZENDESK, FRESHDESK, SALESFORCE = VENDORS


@dataclass(frozen=True, slots=True)
class Entry:
    """A fault.

    Attributes
    ----------
    fast
        Helpdesks at which it is tested in the fast suite, too.
    other
        By helpdesk at which it is not tested here: why not, or ``path::test`` of where it is.
    """

    number: int
    name: str
    fast: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)

    @property
    def vendors(self) -> tuple[str, ...]:
        """Helpdesks at which it is tested in the matrix."""
        return tuple(one for one in VENDORS if one not in self.other)


def _all(why: str) -> dict[str, str]:
    return dict.fromkeys(VENDORS, why)


def _only(*vendors: str, why: str) -> dict[str, str]:
    return {one: why for one in VENDORS if one not in vendors}


_TRANSPORT, _CRASHES = "connectors/tests/test_transport.py", "sync/tests/test_sync_crashes.py"
_KEY = "its key is no token that could be fetched anew: a refused one is fault 21"
_ANY_STEP = f"{_CRASHES}::test_a_reader_may_end_at_any_passing_of_any_step"
_NEVER_AGAIN = "it never gives an id twice, and its fake cannot either"

FAULTS: tuple[Entry, ...] = (
    Entry(1, "429 with seconds", (ZENDESK,)),
    Entry(2, "429 with a date", ()),
    Entry(3, "429 without a header", (SALESFORCE,)),
    Entry(4, "429 with 0 seconds", ()),
    Entry(5, "429 with a date in the past", ()),
    Entry(6, "500", ()),
    Entry(7, "502 with HTML", ()),
    Entry(8, "503 with a pause", (FRESHDESK,)),
    Entry(9, "504", ()),
    Entry(10, "200 with HTML", (ZENDESK,)),
    Entry(11, "JSON cut off", ()),
    Entry(12, "gzip cut off", ()),
    Entry(13, "reset inside the body", (ZENDESK,)),
    Entry(14, "stall beyond the timeout", ()),
    Entry(15, "slow drip", ()),
    Entry(16, "connection refused for 30 s", ()),
    Entry(17, "redirect to another host", (FRESHDESK,)),
    Entry(18, "DNS answer moves to a private address", (), _all(
        f"{_TRANSPORT}::test_a_name_that_rebinds_is_judged_at_each_connection_and_resolved_once_for_it")),
    Entry(19, "body of more than 64 MiB"),
    Entry(20, "401 in mid-sync, a new sign-in works", (SALESFORCE,)),
    Entry(21, "a new sign-in fails", ()),
    Entry(22, "two sign-ins race", (), _only(SALESFORCE, why=_KEY)),
    Entry(23, "403 on one stream", (FRESHDESK,)),
    Entry(24, "key of somebody who is no admin", ()),
    Entry(25, "page given twice", ()),
    Entry(26, "empty page that is not the last", (ZENDESK,)),
    Entry(27, "pages in another order", ()),
    Entry(28, "cursor equal to itself", ()),
    Entry(29, "second larger than a page", ()),
    Entry(30, "record changed between pages", ()),
    Entry(31, "wall of 300 pages", (), _only(FRESHDESK, why="it shows every page of its exports and queries")),
    Entry(32, "query forgotten", (SALESFORCE,), _only(SALESFORCE, why="it keeps no query open between two pages")),
    Entry(33, "job failed or aborted", (), _only(SALESFORCE, why="it has no jobs that are read")),
    Entry(34, "header repeated in later parts", (), _only(SALESFORCE, why="it gives no tables as CSV")),
    Entry(35, "cursor in the future", (FRESHDESK,)),
    Entry(36, "cursor rejected", (ZENDESK,)),
    Entry(37, "one second in more records than a page holds", ()),
    Entry(38, "late commit with an older stamp", (SALESFORCE,)),
    Entry(39, "last minute withheld", (), _only(ZENDESK, why="it withholds nothing: late rows are fault 38")),
    Entry(40, "deleted and undeleted", (FRESHDESK,)),
    Entry(41, "deleted for good", (SALESFORCE,)),
    Entry(42, "merged", ()),
    Entry(43, "spam", (), {SALESFORCE: "a case is never spam there"}),
    Entry(44, "id given again", (), _only(FRESHDESK, why=_NEVER_AGAIN)),
    Entry(45, "new word of a list of words", (ZENDESK,)),
    Entry(46, "new field", ()),
    Entry(47, "field gone", ()),
    Entry(48, "field of another type", ()),
    Entry(49, "null where a value is needed", (FRESHDESK,)),
    Entry(50, "text of 10 MB", ()),
    Entry(51, "NUL, half a surrogate, emoji, right to left", ()),
    Entry(52, "naive times, offsets, an hour that is not there", ()),
    Entry(53, "rating turned later", (ZENDESK,), {SALESFORCE: "ratings are no records of Salesforce's own"}),
    Entry(54, "two rows of history for one change", (), _only(
        SALESFORCE, why="it tells each change once, by id")),
    Entry(55, "no history kept", (FRESHDESK,), {ZENDESK: "it always keeps every change of a ticket"}),
    Entry(56, "schedule changed, zone unknown", ()),
    Entry(57, "user gone, yet still in charge", (FRESHDESK,)),
    Entry(58, "kill -9 at each step", (), {ZENDESK: _ANY_STEP, SALESFORCE: _ANY_STEP}),
    Entry(59, "SIGTERM", ()),
    Entry(60, "disk full at each write", ()),
    Entry(61, "two syncs at once", (ZENDESK,)),
    Entry(62, "owner paused past its lease", ()),
    Entry(63, "host's clock jumps", ()),
    Entry(64, "operational database locked", (FRESHDESK,)),
    Entry(65, "commit of another writer between", (ZENDESK,)),
    Entry(66, "older backup restored, then synced", (FRESHDESK,)),
    Entry(67, "loader killed between the table and the ledger", ()),
)  # fmt: skip
BY_NUMBER = {one.number: one for one in FAULTS}


def matrix(*numbers: int, vendors: tuple[str, ...] = VENDORS) -> pytest.MarkDecorator:
    """Parametrise a test by ``fault`` and ``vendor``: every fault at every helpdesk to which it applies."""
    cases = [
        pytest.param(
            BY_NUMBER[number],
            vendor,
            id=f"{number} {BY_NUMBER[number].name}-{vendor}",
            marks=() if vendor in BY_NUMBER[number].fast else (pytest.mark.slow, pytest.mark.long),
        )
        for number in numbers
        for vendor in BY_NUMBER[number].vendors
        if vendor in vendors
    ]
    return pytest.mark.parametrize(("fault", "vendor"), cases)


def _tested() -> list[tuple[int, str]]:
    """Number and helpdesk of every case that the modules of the matrix have."""
    found = []
    for name in MODULES:
        module = import_module(f"maitred.sync.tests.{name}")
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", ()) if callable(test) else ():
                if mark.name == "parametrize" and mark.args[0] == ("fault", "vendor"):
                    found += [(case.values[0].number, case.values[1]) for case in mark.args[1]]
    return found


def test_the_matrix_has_every_fault_of_the_design_once() -> None:
    assert [one.number for one in FAULTS] == list(range(1, 68))
    assert len({one.name for one in FAULTS}) == 67


def test_every_fault_is_tested_at_every_helpdesk_or_says_where_or_why_not() -> None:
    wanted = [(one.number, vendor) for one in FAULTS for vendor in one.vendors]
    assert sorted(_tested()) == sorted(wanted)
    for one in FAULTS:
        assert set(one.fast) <= set(one.vendors), one
        assert set(one.other) <= set(VENDORS) and all(len(why) > 20 for why in one.other.values()), one


def test_what_is_said_to_be_tested_elsewhere_is_there() -> None:
    places = {why for one in FAULTS for why in one.other.values() if "::" in why}
    assert places
    for place in places:
        path, _, name = place.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), place


def test_no_test_of_the_matrix_is_skipped() -> None:
    for name in MODULES:
        text = (HERE / f"{name}.py").read_text()
        assert "pytest.skip" not in text and "mark.skip" not in text


def figures() -> dict[str, Any]:
    """How many faults and cases there are, for whoever asks."""
    return {
        "faults": len(FAULTS),
        "cases": sum(len(one.vendors) for one in FAULTS),
        "fast": sum(len(one.fast) for one in FAULTS),
        "elsewhere": sum("::" in why for one in FAULTS for why in one.other.values()),
        "not applicable": sum("::" not in why for one in FAULTS for why in one.other.values()),
    }
