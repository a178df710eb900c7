"""The fake Zendesk keeps the habits of the real one, asked over its socket without the connector's code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson
import pytest

from maitred.connectors.columns import LINE
from maitred.connectors.doubling import Fault
from maitred.connectors.live import Accepted, Delivery
from maitred.connectors.tests.serving import Answer, Request, serving
from maitred.connectors.zendesk import double_rows as rows
from maitred.connectors.zendesk.double import EMAIL, TOKEN, Zendesk
from maitred.connectors.zendesk.double_service import HOLIDAYS, Hours, Service, Step, measures
from maitred.connectors.zendesk.hooks import accepted
from maitred.connectors.zendesk.mapping import decode
from maitred.connectors.zendesk.tests.living import living

EXPORT, EVENTS = "incremental/tickets/cursor.json", "incremental/ticket_events.json"
ALICE = 360001500000
Asking = httpx.Client


@contextmanager
def asking(desk: Zendesk) -> Iterator[Asking]:
    with httpx.Client(base_url=f"{desk.url}/api/v2/", auth=(f"{EMAIL}/token", TOKEN), timeout=30) as client:
        yield client


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with living(tickets=60, page=20) as double:
        yield double


@pytest.fixture
def ask(desk: Zendesk) -> Iterator[Asking]:
    with asking(desk) as client:
        yield client


def exported(ask: Asking, start: int = 0) -> list[dict[str, Any]]:
    """All tickets of the export from a second on."""
    body = ask.get(EXPORT, params={"start_time": start}).json()
    found = body["tickets"]
    while not body["end_of_stream"]:
        body = ask.get(EXPORT, params={"cursor": body["after_cursor"]}).json()
        found += body["tickets"]
    return list(found)


def happened(ask: Asking, start: int) -> list[dict[str, Any]]:
    """All updates from a second on, each once."""
    found: dict[int, dict[str, Any]] = {}
    while True:
        body = ask.get(EVENTS, params={"start_time": start, "include": "comment_events"}).json()
        found |= {one["id"]: one for one in body["ticket_events"]}
        start = body["end_time"]
        if body["end_of_stream"]:
            return list(found.values())


# ---------------------------------------------------------------- exports


def test_an_export_withholds_the_last_minute_and_takes_no_younger_start(desk: Zendesk, ask: Asking) -> None:
    now = desk.clock.epoch()
    desk.mutate({"op": "edit", "ticket": 3, "values": {"priority": "urgent"}})
    assert exported(ask, now - 60) == [] and happened(ask, now - 60) == []
    assert ask.get(EXPORT, params={"start_time": now - 59}).status_code == 422
    desk.clock.advance(60)
    assert [one["id"] for one in exported(ask, now)] == [3] and len(happened(ask, now)) == 1


def test_a_commit_that_comes_late_is_seen_once_its_minute_has_passed(desk: Zendesk, ask: Asking) -> None:
    now = desk.clock.epoch()
    desk.mutate({"op": "edit", "ticket": 4, "values": {"priority": "low"}})
    desk.mutate({"op": "late_commit", "ticket": 3, "values": {"priority": "urgent"}, "age_s": 50})
    desk.clock.advance(61)
    assert [one["id"] for one in exported(ask, now - 50)] == [3, 4]


def test_a_second_is_never_parted_however_many_changed_in_it(desk: Zendesk, ask: Asking) -> None:
    now = desk.clock.epoch()
    desk.mutate({"op": "mass", "tickets": list(range(1, 46)), "values": {"tags": ["swept"]}})
    desk.clock.advance(120)
    body = ask.get(EVENTS, params={"start_time": now}).json()
    assert (len(body["ticket_events"]), body["end_time"], body["end_of_stream"]) == (45, now, True)
    assert [len(page) for page in paged(ask, now)] == [20, 20, 5]


def paged(ask: Asking, start: int) -> Iterator[list[Any]]:
    body = ask.get(EXPORT, params={"start_time": start}).json()
    while True:
        yield body["tickets"]
        if body["end_of_stream"]:
            return
        body = ask.get(EXPORT, params={"cursor": body["after_cursor"]}).json()


def test_a_page_repeats_the_second_that_the_one_before_ended_with(ask: Asking) -> None:
    first = ask.get(EVENTS, params={"start_time": 0}).json()
    second = ask.get(EVENTS, params={"start_time": first["end_time"]}).json()
    assert not first["end_of_stream"] and second["ticket_events"][0]["id"] == first["ticket_events"][-1]["id"]


def test_an_empty_page_need_not_be_the_last(desk: Zendesk, ask: Asking) -> None:
    desk.faults = [Fault("empty_page", f"/api/v2/{EXPORT}", nth=2)]
    assert [len(page) for page in paged(ask, 0)] == [20, 0, 20, 20]


def test_a_cursor_that_is_none_is_rejected(ask: Asking) -> None:
    assert ask.get(EXPORT, params={"cursor": "nonsense"}).status_code == 400


def test_a_ticket_moves_in_the_export_though_no_field_of_it_changed(desk: Zendesk, ask: Asking) -> None:
    before, now = desk.tickets[7]["updated_at"], desk.clock.epoch()
    desk.mutate({"op": "touch", "ticket": 7})
    desk.clock.advance(60)
    (found,) = exported(ask, now)
    assert (found["id"], found["updated_at"], found["generated_timestamp"]) == (7, before, now)


def test_comments_come_only_where_they_are_asked_for(ask: Asking) -> None:
    bare = ask.get(EVENTS, params={"start_time": 0}).json()["ticket_events"]
    told = ask.get(EVENTS, params={"start_time": 0, "include": "comment_events"}).json()["ticket_events"]
    first = (bare[0]["child_events"][0], told[0]["child_events"][0])
    assert first[0]["comment_present"] and "body" not in first[0] and first[1]["body"].startswith("Hello")
    assert first[0]["id"] == first[1]["id"]


def test_texts_with_gaps_say_what_the_records_say() -> None:
    desk = Zendesk(tickets=700, seed=3)
    for number in range(1, 701):
        assert orjson.loads(desk._writing.ticket(number)) == desk.held.row(number)
        for step in desk.held.steps(number):
            assert orjson.loads(desk._writing.audit(step.serial)) == desk._writing.record(step.serial)
    assert rows.audit(1, desk.held.steps(1)[0])["ticket_id"] == 1


def test_a_million_tickets_are_there_at_once() -> None:
    with living(tickets=1_000_000, page=1_000) as desk, asking(desk) as ask:
        first = ask.get(EXPORT, params={"start_time": 0}).json()
        assert len(first["tickets"]) == 1_000 and not first["end_of_stream"]
        assert len(desk.held.by_stamp._still) < 20_000
        assert ask.get("tickets/count.json").json()["count"]["value"] == 1_000_000


def test_an_account_is_the_same_for_the_same_seed() -> None:
    with living(seed=4) as one, living(seed=4) as same, living(seed=5) as other:
        assert one.truth() == same.truth() != other.truth()


# ---------------------------------------------------------------- limits and lists


def test_limits_are_told_in_both_families_of_headers_and_kept() -> None:
    with Zendesk(tickets=5, exports_per_minute=2, per_minute=3) as desk, asking(desk) as ask:
        replies = [ask.get(EXPORT, params={"start_time": 0}) for _ in range(3)]
        assert [one.status_code for one in replies] == [200, 200, 429]
        told = replies[0].headers
        assert told["zendesk-ratelimit-incremental-exports"].startswith("total=2; remaining=1; resets=")
        assert (told["x-rate-limit"], told["ratelimit-remaining"]) == ("3", "2") and "ratelimit-reset" in told
        desk.clock.advance(int(replies[2].headers["retry-after"]))
        assert ask.get("tickets/count.json").status_code == 200 and desk.violations == []


def test_long_lists_are_led_on_by_links_and_short_ones_are_whole(ask: Asking) -> None:
    views = ask.get("views.json", params={"page[size]": 100}).json()
    rest = ask.get(views["links"]["next"]).json()
    assert (len(views["views"]), len(rest["views"]), rest["meta"]["has_more"]) == (100, 50, False)
    policies = ask.get("slas/policies.json").json()
    assert len(policies["sla_policies"]) == 2 and "links" not in policies


def test_ratings_are_found_by_the_time_of_their_creation_only(desk: Zendesk, ask: Asking) -> None:
    old, now = desk.ratings[0], desk.clock.epoch()
    desk.mutate({"op": "rate", "ticket": old["ticket_id"], "score": "bad", "comment": "After all"})
    desk.mutate({"op": "rate", "ticket": next(n for n in range(1, 61) if not desk.held.rating(n)), "score": "good"})
    found = ask.get("satisfaction_ratings.json", params={"start_time": now}).json()["satisfaction_ratings"]
    assert [one["score"] for one in found] == ["good"]
    assert ask.get(f"satisfaction_ratings/{old['id']}.json").json()["satisfaction_rating"]["comment"] == "After all"
    assert ask.get("satisfaction_ratings/1.json").status_code == 404


def test_an_account_has_ratings_or_surveys() -> None:
    with living(tickets=60, surveys=True) as desk, asking(desk) as ask:
        assert ask.get("satisfaction_ratings.json").json()["satisfaction_ratings"] == []
        newest = max(int(datetime.fromisoformat(one["created_at"]).timestamp()) for one in desk.ratings)
        every = ask.get("guide/survey_responses").json()["survey_responses"]
        last = ask.get("guide/survey_responses", params={"filter[created_at_start]": newest * 1_000}).json()
        assert len(every) == len(desk.ratings) > len(last["survey_responses"]) == 1


def test_the_list_and_the_export_tell_the_same_of_a_ticket(desk: Zendesk, ask: Asking) -> None:
    desk.mutate({"op": "merge", "ticket": 9, "into": 10})
    desk.clock.advance(120)
    export = decode("ticket_events", [one for one in happened(ask, 0) if one["ticket_id"] in (9, 10)])
    audits = [one for number in (9, 10) for one in ask.get(f"tickets/{number}/audits.json").json()["audits"]]
    listed = decode("ticket_audits", audits)
    for table in ("ticket_events", "messages"):
        mine, theirs = (one.tables[table].to_pylist() for one in (export, listed))
        assert sorted(map(told, mine)) == sorted(map(told, theirs)) and mine


def told(row: dict[str, Any]) -> str:
    return str({key: value for key, value in row.items() if key != LINE})


# ---------------------------------------------------------------- what happens to tickets


def test_deleting_undeleting_and_scrubbing(desk: Zendesk, ask: Asking) -> None:
    status = desk.tickets[6]["status"]
    for change in ({"op": "delete", "ticket": 6}, {"op": "delete", "ticket": 7}, {"op": "scrub", "ticket": 8}):
        assert httpx.post(f"{desk.url}/__mutate", json=change).status_code == 200
    assert [one["id"] for one in ask.get("deleted_tickets.json").json()["deleted_tickets"]] == [6, 7, 8]
    assert ask.put("deleted_tickets/6/restore.json").status_code == 200
    assert ask.get("tickets/6.json").json()["ticket"]["status"] == status
    assert ask.get("tickets/7.json").status_code == 404 and ask.get("tickets/count.json").json()["count"]["value"] == 58
    desk.clock.advance(120)
    found = {one["id"]: one for one in exported(ask)}
    assert (found[7]["status"], found[8]["subject"]) == ("deleted", "SCRUBBED")
    kinds = [desk.truth()["tickets"][key]["delete_kind"] for key in ("6", "7", "8")]
    assert kinds == [None, "soft", "hard"]


def test_a_merge_closes_one_ticket_and_leaves_a_comment_in_both(desk: Zendesk, ask: Asking) -> None:
    desk.mutate({"op": "merge", "ticket": 9, "into": 10})
    closed = ask.get("tickets/9.json").json()["ticket"]
    assert closed["status"] == "closed" and "closed_by_merge" in closed["tags"]
    comments = [ask.get(f"tickets/{number}/comments.json").json()["comments"][-1] for number in (9, 10)]
    assert comments[0]["via"]["source"]["to"]["ticket_id"] == 10 and "#9" in comments[1]["body"]
    assert desk.truth()["tickets"]["9"]["merged_into_id"] == "10"


def test_what_a_double_does_not_know_is_said(desk: Zendesk) -> None:
    unknown: tuple[tuple[dict[str, Any], str], ...] = (
        ({"op": "explode"}, "no change"),
        ({"op": "delete", "ticket": 99}, "no ticket 99"),
        ({"op": "edit_user", "user": 5}, "no user 5"),
        ({"op": "undelete", "ticket": 3}, "not deleted"),
        ({"op": "configure", "list": "moods", "id": 1}, "no list"),
    )
    for change, said in unknown:
        reply = httpx.post(f"{desk.url}/__mutate", json=change)
        assert reply.status_code == 400 and said in reply.json()["error"]


# ---------------------------------------------------------------- requests that write


def test_a_safe_update_of_a_ticket_that_moved_on_is_refused(desk: Zendesk, ask: Asking) -> None:
    stamp = ask.get("tickets/3.json").json()["ticket"]["updated_at"]
    told = {"ticket": {"priority": "low", "safe_update": True, "updated_stamp": stamp}}
    desk.mutate({"op": "edit", "ticket": 3, "values": {"priority": "urgent"}})
    assert ask.put("tickets/3.json", json=told).status_code == 409
    assert desk.tickets[3]["priority"] == "urgent"


def test_tags_are_shown_set_added_and_removed(ask: Asking) -> None:
    assert ask.put("tickets/3/tags.json", json={"tags": ["vip"]}).json() == {"tags": ["shop", "vip"]}
    assert ask.request("DELETE", "tickets/3/tags.json", json={"tags": ["shop"]}).json() == {"tags": ["vip"]}
    assert ask.post("tickets/3/tags.json", json={"tags": ["new"]}).json() == {"tags": ["new"]}
    assert ask.get("tickets/3/tags.json").json() == {"tags": ["new"]}
    stale = {"tags": ["x"], "safe_update": "true", "updated_stamp": "2020-01-01T00:00:00Z"}
    assert ask.put("tickets/3/tags.json", json=stale).status_code == 409


def test_many_tickets_are_changed_by_a_job_and_closed_ones_only_in_their_tags(desk: Zendesk, ask: Asking) -> None:
    desk.tickets[4]["status"] = "closed"
    assert ask.put("tickets/4/tags.json", json={"tags": ["vip"]}).status_code == 422
    assert ask.put("tickets/4.json", json={"ticket": {"priority": "low"}}).status_code == 422
    told = {"ticket": {"additional_tags": ["swept"], "remove_tags": ["shop"]}}
    job = ask.put("tickets/update_many.json", params={"ids": "3,4,999"}, json=told).json()["job_status"]
    assert job["status"] == "queued" and "swept" not in desk.tickets[3]["tags"]
    looks = [ask.get(f"job_statuses/{job['id']}.json").json()["job_status"] for _ in range(3)]
    assert [one["status"] for one in looks] == ["working", "completed", "completed"]
    assert [one["success"] for one in looks[1]["results"]] == [True, True, False]
    assert "swept" in desk.tickets[3]["tags"] and "swept" in desk.tickets[4]["tags"]
    other = ask.put("tickets/update_many.json", json={"tickets": [{"id": 4, "priority": "low"}]}).json()["job_status"]
    results = [ask.get(f"job_statuses/{other['id']}.json").json()["job_status"] for _ in range(2)][1]["results"]
    assert results[0]["error"] == "RecordInvalid"
    desk.faults = [Fault("job_failed", "/api/v2/job_statuses")]
    assert ask.get(f"job_statuses/{other['id']}.json").json()["job_status"]["status"] == "failed"


# ---------------------------------------------------------------- webhooks


@pytest.mark.parametrize(("order", "taken"), [("current", True), ("legacy", False), ("forged", False)])
def test_a_signed_call_is_sent(desk: Zendesk, order: str, taken: bool) -> None:
    came: list[Request] = []

    def take(request: Request) -> Answer:
        came.append(request)
        return 202, {}, b""

    with serving(take) as url:
        change = {"op": "call", "url": f"{url}/hooks/z", "secret": "s3", "ticket": 7, "order": order}
        assert desk.mutate(change) == {"status": 202}
        assert desk.call(f"{url}/hooks/z", "s3", 7, "merged", invocation="01X") == 202
    found = accepted(Delivery(came[0].headers, came[0].body, ("s3",), desk.clock.now()))
    assert found == (Accepted("01INV1", ("7",)) if taken else None) and came[0].path == "/hooks/z"
    again = accepted(Delivery(came[1].headers, came[1].body, ("s3",), desk.clock.now()))
    assert again == Accepted("01X", ("7",)) and orjson.loads(came[1].body)["type"].endswith("ticket.merged")


# ---------------------------------------------------------------- service levels

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    """A second from a time in Berlin."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-03-02T08:00", "2026-03-02T10:30", 5_400),
        ("2026-03-06T16:00", "2026-03-09T09:30", 5_400),  # over a weekend
        ("2026-03-27T16:00", "2026-03-30T10:00", 7_200),  # over the change to summer time
        ("2026-02-13T12:00", "2026-02-18T12:00", 8 * 3_600),  # over two days of stocktaking
    ],
)
def test_open_hours_are_counted_by_hand(start: str, end: str, seconds: int) -> None:
    hours = Hours("Europe/Berlin", HOLIDAYS[66001])
    assert hours.until(at(end)) - hours.until(at(start)) == seconds
    assert hours.reached(at(start), seconds) == at(end)


def step(serial: int, when: str, actor: int, note: str | None = None, **changes: tuple[Any, Any]) -> Step:
    moves = tuple((key, before, after) for key, (before, after) in changes.items())
    return Step(serial, at(when), actor, moves, note, True, serial == 0)


def test_promises_go_as_counted_by_hand() -> None:
    """High priority: first reply in 2 hours, next in 4, work in 8, the customer's wait in 16, all of opening hours."""
    story = [
        step(0, "2026-03-02T16:00", ALICE, "Hello", status=(None, "new"), priority=(None, "high")),
        step(1, "2026-03-03T10:30", 5, "An answer", status=("new", "pending")),  # 1 h + 1.5 h open: late at 10:00
        step(2, "2026-03-03T12:00", ALICE, "But", status=("pending", "open")),
        step(3, "2026-03-03T15:00", 5, "So", status=("open", "hold")),  # the next reply took 3 h
        step(4, "2026-03-06T10:00", 5, "Done", status=("hold", "solved")),
    ]
    service = Service(360008, story)
    said = {(one.metric, one.instance): one for one in service.verdicts(at("2026-03-09T12:00"))}
    assert {key: one.verdict for key, one in said.items()} == {
        ("first_reply", 1): "breached",
        ("next_reply", 2): "met",
        ("agent_work", 1): "met",
        ("requester_wait", 1): "breached",
    }
    assert said["first_reply", 1].breached_at == at("2026-03-03T10:00")
    assert said["agent_work", 1].elapsed_s == int(5.5 * 3_600)
    assert said["requester_wait", 1].elapsed_s == int((2.5 + 3 + 2 + 16 + 1) * 3_600)
    log = [(one.metric, one.instance, one.type) for one in service.events() if one.metric == "reply_time"]
    assert log == [
        ("reply_time", 0, "measure"), ("reply_time", 1, "activate"), ("reply_time", 1, "apply_sla"),
        ("reply_time", 1, "breach"), ("reply_time", 1, "fulfill"), ("reply_time", 1, "update_status"),
        ("reply_time", 2, "activate"), ("reply_time", 2, "apply_sla"), ("reply_time", 2, "fulfill"),
        ("reply_time", 2, "update_status"),
    ]  # fmt: skip


def test_zendesks_own_figures_are_those_counted_by_hand() -> None:
    story = [
        step(0, "2026-03-02T16:00", ALICE, "Hello", status=(None, "new")),
        step(1, "2026-03-03T10:30", 5, "An answer", status=("new", "pending"), assignee_id=(None, 5)),
        step(2, "2026-03-03T12:00", ALICE, "But", status=("pending", "open")),
        step(3, "2026-03-03T15:00", 5, "So", status=("open", "solved")),
    ]
    found = measures(story)
    minutes = {name.removesuffix("_in_minutes"): tuple(found[name].values()) for name in found if "minutes" in name}
    assert minutes == {
        "reply_time": (18 * 60 + 30, 150), "first_resolution_time": (23 * 60, 420),
        "full_resolution_time": (23 * 60, 420), "agent_wait_time": (90, 90), "on_hold_time": (0, 0),
        "requester_wait_time": (21 * 60 + 30, 330),
    }  # fmt: skip
    assert (found["replies"], found["reopens"], found["solved_at"]) == (2, 0, "2026-03-03T14:00:00Z")
    again = measures([*story, step(4, "2026-03-04T09:00", ALICE, "No", status=("solved", "open"))])
    assert again["full_resolution_time_in_minutes"] == {"calendar": None, "business": None}


def test_what_is_not_yet_late_is_running_and_what_was_answered_in_time_is_never_late() -> None:
    story = [step(0, "2026-03-02T09:00", ALICE, "Hello", status=(None, "new"), priority=(None, "high"))]
    open_still = Service(360008, story)
    assert [one.verdict for one in open_still.verdicts(at("2026-03-02T10:59"))] == ["running"] * 3
    late = {one.metric: one.verdict for one in open_still.verdicts(at("2026-03-02T11:01"))}
    assert late == {"first_reply": "overdue", "agent_work": "running", "requester_wait": "running"}
    just = Service(360008, [*story, step(1, "2026-03-02T11:00", 5, "Just in time")])
    assert next(just.verdicts(at("2026-03-09T09:00"))).verdict == "met"


def test_the_log_is_exported_up_to_a_minute_ago_and_grows_with_what_happens(desk: Zendesk, ask: Asking) -> None:
    path, now = "incremental/ticket_metric_events.json", desk.clock.epoch()
    number = desk.mutate({"op": "create", "values": {"priority": "urgent"}})["id"]
    desk.clock.advance(90)
    lines = ask.get(path, params={"start_time": now}).json()["ticket_metric_events"]
    mine = [one for one in lines if one["ticket_id"] == number]
    assert {one["type"] for one in mine} == {"measure", "activate", "apply_sla"}
    desk.clock.advance(2 * 3_600)
    desk.mutate({"op": "edit", "ticket": number, "note": "Sorry", "public": True})
    desk.clock.advance(90)
    lines = ask.get(path, params={"start_time": now + 90}).json()["ticket_metric_events"]
    kinds = [one["type"] for one in lines if one["ticket_id"] == number and one["metric"] == "reply_time"]
    assert kinds == ["breach", "fulfill", "update_status"]
