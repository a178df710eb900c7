"""A connector that breaks a rule is caught, by the check of that rule, with words that lead to the fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maitred.connectors.live import Connector
from maitred.testing import CHECKS, Broken
from maitred.testing.tests import broken
from maitred.testing.tests.benches import BENCHES

BY_NAME = {check.__name__: check for check in CHECKS}
CAUGHT: tuple[tuple[Callable[[], Connector], str, str], ...] = (
    (broken.SkipsAPage, "every_cursor_leads_on", "tickets from .* left out"),
    (broken.RemembersInItself, "every_cursor_leads_on", "tickets from .* left out|did not reach"),
    (broken.NeverDone, "streams_reach_their_end", "tickets ended after 2 pages without saying so"),
    (broken.DoneTooSoon, "streams_reach_their_end", "tickets went on after page 1 said so"),
    (broken.TakesNow, "cursors_are_the_servers", "the helpdesk's data only: tickets gave"),
    (broken.NoJson, "cursors_are_the_servers", "comes back from JSON as something else"),
    (broken.NoVersion, "cursors_are_the_servers", "without v"),
    (broken.TellsTheKey, "no_secret_is_told", "tickets holds a credential"),
    (broken.GoesItsOwnWay, "reading_asks_only_through_the_api", "tickets: .* requests arrived"),
    (broken.Impatient, "pauses_are_kept", "tickets asked too early"),
    (broken.LooksAway, "lasting_faults_are_refused", "tickets, under lasting .*, says that it is complete"),
    (broken.Stumbles, "lasting_faults_are_refused", "tickets, after .*, raised KeyError"),
    (broken.CallsItEmpty, "passing_faults_change_nothing", "tickets, after status 500, left out"),
    (broken.Stumbles, "other_forms_are_refused", "raised (KeyError|AttributeError)"),
    (broken.Backwards, "streams_are_declared", "needs .* before it"),
    (broken.LosesParents, "children_are_done", "conversations left 9 of tickets"),
    (broken.Sulks, "a_withheld_stream_stays_alone", "tickets, after 403 in other streams, was refused"),
    (broken.KnowsNoRights, "the_probe_names_what_is_missing", "was forbidden, but custom_statuses is there"),
    (broken.ForgetsAStream, "the_probe_names_what_is_missing", r"\['custom_statuses'\] are neither"),
    (broken.Fragile, "decoding_is_total", "tickets raised AttributeError"),
    (broken.Meddles, "decoding_is_pure", "tickets: the records were changed"),
    (broken.Wavers, "decoding_is_pure", "decoded twice, gave other rows"),
    (broken.FeedsOthers, "records_become_rows", "tickets gave rows of tickets"),
    (broken.HalfATicket, "a_refetched_ticket_is_what_the_streams_give", "messages .* are left out"),
    (broken.AnotherTicket, "a_refetched_ticket_is_what_the_streams_give", r"tickets \d+ differs .*'status'"),
    (broken.CallsAllGone, "an_absent_ticket_is_told", "answered 500, it named"),
    (broken.ListsOnePage, "every_ticket_is_listed_and_counted", "left out of 16"),
    (lambda: broken.WritesAs(broken.Repeating), "a_lost_answer_doubles_no_note", "after reset it was sent 2 times"),
    (lambda: broken.WritesAs(broken.Overwriting), "a_ticket_that_moved_on_is_left", "second change .* came to .*sent"),
    (lambda: broken.WritesAs(broken.Unmarking), "a_note_carries_its_marker", "not found after it was written"),
    (lambda: broken.WritesAs(broken.GivingUp), "a_change_turned_away_is_sent_later", "came to .*failed"),
    (lambda: broken.WritesAs(broken.CountingLow), "a_change_is_made_as_seen", "2 for 1"),
    (broken.BelievesAnybody, "only_genuine_calls_are_believed", "was accepted"),
    (broken.BelievesTheEmptySecret, "only_genuine_calls_are_believed", "one without any secret was accepted"),
)


@pytest.mark.parametrize(
    ("made", "check", "words"), CAUGHT, ids=[f"{place}-{one[1]}" for place, one in enumerate(CAUGHT)]
)
def test_a_breach_is_caught_by_the_check_of_its_rule(made: Callable[[], Connector], check: str, words: str) -> None:
    connector = made()
    with BENCHES[connector.vendor](connector) as bench, pytest.raises(Broken, match=words) as caught:
        BY_NAME[check](bench)
    assert str(caught.value).startswith(f"the connector {connector.vendor} breaks the rule that ")


def test_every_rule_has_a_connector_that_breaks_it() -> None:
    assert set(BY_NAME) == {check for _, check, _ in CAUGHT}
