"""Reading an account that lives: after whatever happened, going on gives what a clean reading gives: what is true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import orjson
import pytest

from maitred.connectors.doubling import Fault
from maitred.connectors.live import Refused
from maitred.connectors.zendesk.double import Zendesk
from maitred.connectors.zendesk.tests.living import STREAMS, Reader, living, reader

AGENT, CUSTOMER = 360001000103, 360001500000
DAY = 86_400
STORY: tuple[dict[str, Any], ...] = (
    {"op": "edit", "ticket": 3, "values": {"priority": "urgent", "status": "open"}, "note": "Hurry", "actor": AGENT},
    {"op": "edit", "ticket": 4, "values": {"custom_fields": [{"id": 27642, "value": "UPS"}]}},
    {"op": "create", "values": {"priority": "high"}, "note": "A new one"},
    {"op": "delete", "ticket": 5}, {"op": "delete", "ticket": 6}, {"op": "undelete", "ticket": 6},
    {"op": "scrub", "ticket": 7}, {"op": "spam", "ticket": 8}, {"op": "merge", "ticket": 9, "into": 10},
    {"op": "rate", "ticket": 11, "score": "bad", "comment": "Slow"},
    {"op": "rate", "ticket": 11, "score": "good", "comment": "Better"},
    {"op": "mass", "tickets": list(range(12, 38)), "values": {"tags": ["shop", "swept"]}},
    {"op": "late_commit", "ticket": 38, "values": {"priority": "low"}, "note": "Late"},
    {"op": "touch", "ticket": 39},
    {"op": "edit_user", "user": CUSTOMER, "values": {"name": "Mara"}}, {"op": "delete_user", "user": AGENT},
    {"op": "edit_organization", "organization": 360003000000, "values": {"organization_fields": {"plan": "free"}}},
    {"op": "configure", "list": "groups", "id": 360002000009, "values": {"name": "Night", "deleted": False}},
    {"op": "configure", "list": "macros", "id": 3801, "values": None},
)  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with living() as double:
        yield double


def happen(desk: Zendesk, *story: dict[str, Any]) -> None:
    for change in story:
        desk.mutate(change)
        desk.clock.advance(7)
    desk.clock.advance(90)


def clean(desk: Zendesk, *streams: str) -> dict[str, dict[str, Any]]:
    with reader(desk) as fresh:
        fresh.read(*streams)
        return fresh.kept


def test_going_on_after_everything_that_can_happen_is_like_a_clean_reading(desk: Zendesk) -> None:
    with reader(desk) as by:
        by.read()
        happen(desk, *STORY)
        by.read()
        assert by.gaps == [] and by.waiting == []
        whole = clean(desk)
    for name in STREAMS:
        assert by.kept[name] == whole[name], name


def test_what_was_read_is_what_is_true(desk: Zendesk) -> None:
    happen(desk, *STORY)
    truth = desk.truth()
    with reader(desk) as by:
        by.read()
        tickets = {row["external_id"]: row for row in by.rows("tickets", "tickets")}
        for key, told in truth["tickets"].items():
            row = {**tickets[key], "tags": sorted(tickets[key]["tags"])}
            row |= {name: orjson.loads(row[name]) for name in ("custom", "vendor_values")}
            plain = [name for name in told if name not in ("created_at", "merged_into_id", "satisfaction")]
            assert {name: row[name] for name in plain} == {name: told[name] for name in plain}
        assert events(by) == truth["events"]
        messages = by.rows("ticket_events", "messages")
        assert {row["external_id"]: [row["ticket_id"], row["body_text"]] for row in messages} == {
            key: [ticket, body] for key, (ticket, _, body) in truth["messages"].items()
        }
        kept = ("ticket_id", "is_good", "score_5", "comment")
        rated = {row["external_id"]: row for row in by.rows("satisfaction_ratings", "satisfaction")}
        assert {key: [row[name] for name in kept] for key, row in rated.items()} == {
            key: [one[name] for name in kept] for key, one in truth["satisfaction"].items()
        }
        levels = {row["external_id"]: row for row in by.rows("ticket_metric_events", "sla_events")}
        shown = {key: [row["ticket_id"], row["metric"], row["instance"], row["type"]] for key, row in levels.items()}
        assert shown == {key: one[:4] for key, one in truth["sla_events"].items() if key in shown}
        assert len(shown) > 400 and set(truth["users"]) == set(by.kept["users"])


def events(by: Reader) -> dict[str, dict[str, list[list[Any]]]]:
    """Events as the truth tells them: by ticket and field, in order."""
    found: dict[str, dict[str, list[list[Any]]]] = {}
    rows = by.rows("ticket_events", "ticket_events")
    for row in sorted(rows, key=lambda one: (one["occurred_at"], one["seq"])):
        at = row["occurred_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        mine = found.setdefault(row["ticket_id"], {}).setdefault(row["field"], [])
        mine.append([at, row["old_value"], row["new_value"]])
    return found


@pytest.mark.parametrize("stream", STREAMS)
def test_from_every_cursor_the_rest_is_read(stream: str) -> None:
    with living(tickets=130, page=40, surveys=stream == "survey_responses") as desk, reader(desk) as by:
        by.waiting = tickets = [str(number) for number in range(1, 131)]
        pages = list(by.pages(stream))
        whole = texts(pages)
        assert pages[-1].complete and (whole or stream == "satisfaction_ratings")
        for place, page in enumerate(pages):
            by.waiting = [one for one in tickets if not any(one in other.done for other in pages[: place + 1])]
            rest = list(by.pages(stream, orjson.loads(orjson.dumps(page.cursor))))
            assert rest[-1].complete and texts(pages[: place + 1]) | texts(rest) == whole
            assert by.waiting == [] or stream != "satisfaction_ratings"


def texts(pages: list[Any]) -> set[bytes]:
    return {orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for page in pages for record in page.records}


@pytest.mark.parametrize("kind", ["duplicate_page", "swapped_pages", "same_cursor", "empty_page", "clock_skew"])
@pytest.mark.parametrize("stream", ["tickets", "users", "ticket_events", "views", "satisfaction_ratings"])
def test_what_goes_wrong_with_a_page_loses_nothing(stream: str, kind: str) -> None:
    with living(tickets=500, page=150) as desk:
        whole = clean(desk, stream)[stream]
        with reader(desk) as by:
            desk.faults = [Fault(kind, "/api/v2/", nth=2, value=-7_200 if kind == "clock_skew" else None)]
            by.read(stream)
            assert by.kept[stream] == whole and by.gaps == []


@pytest.mark.parametrize("how", ["new_field", "removed_field.raw_subject", "new_enum.priority", "changed_type.due_at"])
def test_records_of_another_form_stay_records(desk: Zendesk, how: str) -> None:
    desk.faults = [Fault("schema_drift", "/api/v2/incremental/tickets", times=99, value=how)]
    with reader(desk) as by:
        by.read("tickets")
        assert len(by.rows("tickets", "tickets")) == 40


# ---------------------------------------------------------------- ratings


def test_a_rating_that_was_changed_later_comes_with_its_ticket(desk: Zendesk) -> None:
    with reader(desk) as by:
        by.read("tickets", "satisfaction_ratings")
        (first, *_) = by.kept["satisfaction_ratings"].values()
        desk.mutate({"op": "rate", "ticket": first["ticket_id"], "score": "bad", "comment": "After all"})
        desk.clock.advance(90)
        asked = len(desk.requests)
        by.read("tickets", "satisfaction_ratings")
        assert by.kept["satisfaction_ratings"][str(first["id"])]["comment"] == "After all"
        assert len(desk.requests) - asked == 4  # the export, the newest ratings, the ticket, its rating
        assert by.waiting == []


def test_the_first_pass_has_all_ratings_and_looks_at_no_ticket(desk: Zendesk) -> None:
    with reader(desk) as by:
        by.read("tickets", "satisfaction_ratings")
        assert by.waiting == [] and desk.heard("/api/v2/tickets/show_many") == []


def test_ratings_older_than_the_beginning_come_with_their_tickets() -> None:
    with living(tickets=200) as desk:
        desk.mutate({"op": "touch", "ticket": desk.ratings[0]["ticket_id"]})
        desk.clock.advance(90)
        with reader(desk, since=date(2026, 2, 20)) as by:
            by.read("tickets", "satisfaction_ratings")
            read = {one["ticket_id"] for one in by.kept["satisfaction_ratings"].values()}
            rated = {one["ticket_id"] for one in desk.ratings}
            assert desk.ratings[0]["ticket_id"] in read
            assert read == {int(key) for key in by.kept["tickets"]} & rated


def test_a_survey_answer_without_a_time_of_its_own_moves_the_cursor_and_a_changed_one_comes_within_a_day() -> None:
    with living(tickets=300, surveys=True) as desk, reader(desk) as by:
        by.read("survey_responses")
        answers = by.kept["survey_responses"].values()
        assert len(answers) > 20 and not any("created_at" in one for one in answers)
        newest = by.cursors["survey_responses"]["start"]
        assert newest == max(int_of(one["created_at"]) for one in desk.ratings)
        before = len(desk.requests)
        by.read("survey_responses")
        assert [one.query["filter[created_at_start]"] for one in desk.requests[before:]] == [str(newest * 1_000)]
        desk.mutate({"op": "rate", "ticket": desk.ratings[-1]["ticket_id"], "score": "bad", "comment": "No"})
        desk.clock.advance(DAY)
        by.read("survey_responses")
        assert by.kept["survey_responses"] == clean(desk, "survey_responses")["survey_responses"]


def int_of(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


# ---------------------------------------------------------------- a lost place


def test_a_cursor_that_is_rejected_is_given_up_for_a_day_before(desk: Zendesk) -> None:
    with reader(desk) as by:
        by.read("tickets", "users")
        newest = by.cursors["tickets"]["at"]
        happen(desk, *STORY[:4])
        for name in ("tickets", "users"):
            by.cursors[name]["after"] = "expired"
        by.read("tickets", "users")
        assert by.kept["tickets"] == clean(desk, "tickets")["tickets"] and by.gaps == []
        starts = [
            one.query["start_time"] for one in desk.heard("/api/v2/incremental/tickets") if "cursor" not in one.query
        ]
        assert starts[1] == str(newest - DAY)


@pytest.mark.parametrize("stream", ["ticket_events", "satisfaction_ratings", "survey_responses"])
def test_a_start_in_the_future_is_given_up_and_told(stream: str) -> None:
    with living(surveys=stream == "survey_responses") as desk, reader(desk) as by:
        by.cursors[stream] = {"v": 1, "start": desk.clock.epoch() + 5 * DAY}
        by.read(stream)
        assert len(by.gaps) == 1 and "in the future" in by.gaps[0]
        assert by.cursors[stream]["start"] <= desk.clock.epoch()
        yesterday = [one for one in clean(desk, stream)[stream] if one in by.kept[stream]]
        assert len(yesterday) == len(by.kept[stream])


def test_one_answer_with_a_clock_behind_gives_nothing_up(desk: Zendesk) -> None:
    with reader(desk) as by:
        by.cursors["ticket_events"] = {"v": 1, "start": desk.clock.epoch() - 30}
        desk.faults = [Fault("clock_skew", value=-7_200)]
        by.read("ticket_events")
        assert by.gaps == [] and by.cursors["ticket_events"]["start"] == desk.clock.epoch() - 30


def test_a_beginning_in_the_future_is_an_end_without_anything(desk: Zendesk) -> None:
    with reader(desk, since=date(2027, 1, 1)) as by:
        by.read("tickets", "ticket_events")
        assert by.kept == {"tickets": {}, "ticket_events": {}}


def test_a_page_link_that_is_no_longer_known_begins_the_list_anew() -> None:
    with living(tickets=700) as desk, reader(desk) as by:
        pages = list(by.pages("satisfaction_ratings"))
        assert "next" in pages[0].cursor
        desk.faults = [Fault("status", "/api/v2/satisfaction_ratings", value=400)]
        rest = list(by.pages("satisfaction_ratings", pages[0].cursor))
        assert texts(rest) == texts(pages) and rest[-1].complete


def test_a_list_that_goes_on_leading_to_itself_is_left() -> None:
    with living(tickets=1_200) as desk, reader(desk) as by:
        desk.faults = [Fault("same_cursor", "/api/v2/satisfaction_ratings", nth=2, times=99)]
        with pytest.raises(Refused, match="to itself"):
            by.read("satisfaction_ratings")
