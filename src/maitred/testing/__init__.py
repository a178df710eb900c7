"""Checks for whoever writes a connector: does it keep the contract on which the sync engine relies?

Each check is a plain function of a ``Bench``; it raises ``Broken`` with the rule and what was seen, or ``SkipTest``
where it does not apply. They run against a double or against an account that nobody else works in, over a loopback
address that spoils replies.

Examples
--------
::

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_the_contract_is_kept(check):
        with Helpbox() as double:
            account = Account("helpbox", "helpbox", double.url, {"key": "secret"})
            check(Bench(CONNECTOR, account, wait=double.clock.advance))
"""

from __future__ import annotations

from collections.abc import Callable

from maitred.testing.bench import Bench, Broken
from maitred.testing.disturbed import (
    a_withheld_stream_stays_alone,
    lasting_faults_are_refused,
    other_forms_are_refused,
    passing_faults_change_nothing,
    pauses_are_kept,
)
from maitred.testing.reading import (
    children_are_done,
    cursors_are_the_servers,
    every_cursor_leads_on,
    no_secret_is_told,
    reading_asks_only_through_the_api,
    streams_are_declared,
    streams_reach_their_end,
)
from maitred.testing.shapes import decoding_is_pure, decoding_is_total, records_become_rows
from maitred.testing.single import (
    a_refetched_ticket_is_what_the_streams_give,
    an_absent_ticket_is_told,
    every_ticket_is_listed_and_counted,
    the_probe_names_what_is_missing,
)
from maitred.testing.writing import (
    a_change_is_made_as_seen,
    a_change_turned_away_is_sent_later,
    a_lost_answer_doubles_no_note,
    a_note_carries_its_marker,
    a_ticket_that_moved_on_is_left,
    only_genuine_calls_are_believed,
)

__all__ = ["CHECKS", "Bench", "Broken"]

CHECKS: tuple[Callable[[Bench], None], ...] = (
    streams_are_declared,
    streams_reach_their_end,
    every_cursor_leads_on,
    cursors_are_the_servers,
    children_are_done,
    reading_asks_only_through_the_api,
    no_secret_is_told,
    passing_faults_change_nothing,
    pauses_are_kept,
    lasting_faults_are_refused,
    other_forms_are_refused,
    a_withheld_stream_stays_alone,
    the_probe_names_what_is_missing,
    records_become_rows,
    decoding_is_total,
    decoding_is_pure,
    a_refetched_ticket_is_what_the_streams_give,
    every_ticket_is_listed_and_counted,
    an_absent_ticket_is_told,
    a_change_is_made_as_seen,
    a_ticket_that_moved_on_is_left,
    a_note_carries_its_marker,
    a_lost_answer_doubles_no_note,
    a_change_turned_away_is_sent_later,
    only_genuine_calls_are_believed,
)
"""Every check, from the shape of the streams to webhook calls."""
