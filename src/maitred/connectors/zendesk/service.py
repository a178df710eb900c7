"""Zendesk's promises and how they went: schedules, holidays, service-level policies and events, ratings."""

from __future__ import annotations

import re
from typing import Any

from maitred.connectors import converters as c
from maitred.connectors.page import Field, Page, Record
from maitred.connectors.weekly import WEEK, from_sunday
from maitred.connectors.zendesk.words import SLA_EVENT_TYPES, SLA_METRICS

SCHEDULES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "name", c.text),
    Field("tz", "time_zone", c.zone),
    Field("tz_raw", "time_zone", c.text),
    Field("is_default", "", c.always(False)),
    Field("created_at", "created_at", c.instant_if_any),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
INTERVALS = (
    Field("external_id", "intervals", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("schedule_id", "id", c.ident),
    Field("weekday", "intervals.start_time", c.whole),
    Field("start_min", "intervals.start_time", c.whole),
    Field("end_min", "intervals.end_time", c.whole),
)
HOLIDAYS = (
    Field("external_id", "id", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("schedule_id", "schedule_id", c.ident),
    Field("name", "name", c.text),
    Field("start_date", "start_date", c.day),
    Field("end_date", "end_date", c.day),
)


def decode_schedules(page: Page) -> None:
    """Schedules with their weekly intervals; a schedule with an unknown zone or a broken interval is refused whole."""
    for line, schedule in list(page.readable()):
        if _spans(schedule) is None:
            page.refuse(line, "bad_value", "intervals", "an interval is not a span of minutes since Sunday 00:00")
    page.add("schedules", SCHEDULES)
    intervals: list[tuple[Any, ...]] = []
    holidays: list[tuple[Any, ...]] = []
    for line, schedule in page.readable():
        identity = c.id_text(schedule.get("id"))
        updated = schedule.get("updated_at") or schedule.get("created_at")
        for weekday, start, end in from_sunday(_spans(schedule) or ()):
            intervals.append((line, f"{identity}:{weekday}:{start}", updated, identity, weekday, start, end))
        listed = schedule.get("holidays")
        for holiday in listed if isinstance(listed, list) else ():
            if isinstance(holiday, dict):
                holidays.append(_holiday(line, holiday, schedule.get("id"), updated))
    page.add_parts("schedule_intervals", INTERVALS, intervals)
    page.add_parts("schedule_holidays", HOLIDAYS, holidays)


def _spans(schedule: Record) -> list[tuple[int, int]] | None:
    intervals = schedule.get("intervals")
    if intervals is None:
        return []
    if not isinstance(intervals, list):
        return None
    spans = []
    for interval in intervals:
        start = interval.get("start_time") if isinstance(interval, dict) else None
        end = interval.get("end_time") if isinstance(interval, dict) else None
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= WEEK:
            return None
        spans.append((start, end))
    return spans


def decode_holidays(page: Page) -> None:
    """The holidays of schedules. The list itself does not say whose they are: ``schedule_id`` must have been added."""
    rows = []
    for line, holiday in page.readable():
        if holiday.get("schedule_id") is None:
            page.bad(line, "orphan", "schedule_id", "a holiday needs the schedule_id that it was listed for")
        else:
            rows.append(_holiday(line, holiday, holiday["schedule_id"], holiday.get("updated_at")))
    page.add_parts("schedule_holidays", HOLIDAYS, rows)


def _holiday(line: int, holiday: Record, schedule: Any, updated: Any) -> tuple[Any, ...]:
    """Holidays are numbered inside a schedule in some accounts, so the schedule is part of the id."""
    number = c.id_text(holiday.get("id")) or c.shown(holiday.get("start_date"))
    identity = f"{c.id_text(schedule)}:{number}"
    end = holiday.get("end_date") or holiday.get("start_date")
    return (line, identity, updated, schedule, holiday.get("name"), holiday.get("start_date"), end)


POLICIES = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant_or_epoch),
    Field("name", "title|name", c.text),
    Field("position", "position", c.whole),
    Field("filter", "filter", c.json_text),
    Field("active", "active", c.flag(True)),
    Field("valid_from", "created_at", c.instant_or_epoch),
)
TARGETS = (
    Field("external_id", "policy_metrics", c.text),
    Field("source_updated_at", "updated_at", c.instant_or_epoch),
    Field("policy_id", "id", c.ident),
    Field("metric", "policy_metrics.metric", c.text),
    Field("priority", "policy_metrics.priority", c.text),
    Field("target_s", "policy_metrics.target", c.whole),
    Field("business_hours", "policy_metrics.business_hours", c.flag(False)),
    Field("valid_from", "created_at", c.instant_or_epoch),
)


def decode_policies(page: Page) -> None:
    """Service-level policies and their targets per metric and priority."""
    page.add("sla_policies", POLICIES)
    rows = []
    for line, policy in page.readable():
        identity = c.id_text(policy.get("id"))
        updated = policy.get("updated_at") or policy.get("created_at")
        metrics = policy.get("policy_metrics")
        for target in metrics if isinstance(metrics, list) else ():
            name = target.get("metric") if isinstance(target, dict) else None
            metric = SLA_METRICS.get(name) if isinstance(name, str) else None
            seconds = _target_seconds(target) if isinstance(target, dict) else None
            if metric is None or seconds is None:
                page.bad(line, "bad_value", "policy_metrics", f"the target of metric {c.shown(name)} cannot be read")
                continue
            priority = target.get("priority")
            key = f"{identity}:{metric}:{c.shown(priority)}"
            hours = target.get("business_hours")
            rows.append((line, key, updated, identity, metric, priority, seconds, hours, policy.get("created_at")))
    page.add_parts("sla_targets", TARGETS, rows)


def _target_seconds(target: Record) -> int | None:
    """``target_in_seconds`` where present, else ``target`` in minutes."""
    seconds = c.number_of(target.get("target_in_seconds"))
    if seconds is not None:
        return int(seconds)
    minutes = c.number_of(target.get("target"))
    return None if minutes is None else int(minutes * 60)


def _metric(event: Record) -> Any:
    """Reply time instance 1 is the first reply; the vendor numbers next replies on."""
    name = event.get("metric")
    if name == "reply_time" and type(event.get("instance_id")) is int and event["instance_id"] > 1:
        return "next_reply_time"
    return name


def _sla(event: Record) -> Record:
    for key in ("sla", "group_sla"):
        found = event.get(key)
        if isinstance(found, dict):
            return found
    return {}


def _policy(event: Record, key: str) -> Any:
    policy = _sla(event).get("policy")
    return policy.get(key) if isinstance(policy, dict) else None


def _elapsed(event: Record, clock: str) -> Any:
    status = event.get("status")
    minutes = c.number_of(status.get(clock)) if isinstance(status, dict) else None
    return None if minutes is None else int(minutes * 60)


def _withdrawn(event: Record) -> Any:
    return event.get("time") if event.get("deleted") is True else None


METRIC_EVENTS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "time", c.instant),
    Field("deleted_at", ".", c.of(_withdrawn, c.instant_if_any)),
    Field("delete_kind", ".", c.of(lambda event: "soft" if event.get("deleted") is True else None, c.text)),
    Field("ticket_id", "ticket_id", c.ident),
    Field("metric", ".", c.of(_metric, c.choice(SLA_METRICS, c.REFUSE))),
    Field("instance", "instance_id", c.whole),
    Field("type", "type", c.choice(SLA_EVENT_TYPES, c.REFUSE)),
    Field("at", "time", c.instant),
    Field("policy_id", ".", c.of(lambda event: _policy(event, "id"), c.ident)),
    Field("policy_name", ".", c.of(lambda event: _policy(event, "title"), c.text)),
    Field("target_s", ".", c.of(lambda event: _target_seconds(_sla(event)), c.whole)),
    Field("in_business_hours", ".", c.of(lambda event: _sla(event).get("business_hours"), c.flag())),
    Field("vendor_elapsed_cal_s", ".", c.of(lambda event: _elapsed(event, "calendar"), c.whole)),
    Field("vendor_elapsed_bus_s", ".", c.of(lambda event: _elapsed(event, "business"), c.whole)),
    Field("provenance", "", c.always("native")),
)


def decode_metric_events(page: Page) -> None:
    """The vendor's own service-level log; a metric or type that nobody knows sets the record aside (``bad_enum``)."""
    page.add("sla_events", METRIC_EVENTS)


def _is_rating(score: Any) -> bool:
    return isinstance(score, str) and score.lower().startswith(("good", "bad"))


def _rated_at(rating: Record) -> Any:
    return (rating.get("updated_at") or rating.get("created_at")) if _is_rating(rating.get("score")) else None


def _revised_at(rating: Record) -> Any:
    updated = rating.get("updated_at")
    return updated if _is_rating(rating.get("score")) and updated != rating.get("created_at") else None


def _is_good(score: Any) -> bool | None:
    return score.lower().startswith("good") if _is_rating(score) else None


def _score_5(score: Any) -> int | None:
    good = _is_good(score)
    return None if good is None else 5 if good else 1


RATINGS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "updated_at|created_at", c.instant),
    Field("ticket_id", "ticket_id", c.ident),
    Field("requester_id", "requester_id", c.ident),
    Field("agent_id", "assignee_id", c.ident),
    Field("group_id", "group_id", c.ident),
    Field("kind", "", c.always("csat")),
    Field("scale", "", c.always("good_bad")),
    Field("score_raw", "score", c.text),
    Field("score_5", "score", c.of(_score_5, c.decimal_if_any)),
    Field("is_good", "score", c.of(_is_good, c.flag())),
    Field("comment", "comment", c.text),
    Field("reason", "reason", c.text),
    Field("offered_at", "created_at", c.instant),
    Field("rated_at", ".", c.of(_rated_at, c.instant)),
    Field("revised_at", ".", c.of(_revised_at, c.instant)),
)


def decode_ratings(page: Page) -> None:
    """Good and bad ratings, and offered ones (neither good nor bad); ``unoffered`` is no rating and gives no row."""
    page.keep(lambda rating: rating.get("score") != "unoffered")
    page.add("satisfaction", RATINGS)


SURVEY_RATINGS = (
    Field("external_id", "id", c.ident),
    Field("source_updated_at", "answers.updated_at", c.instant),
    Field("ticket_id", "subjects", c.ident),
    Field("requester_id", "responder_id", c.ident),
    Field("kind", "", c.always("csat")),
    Field("scale", "", c.always("1-5")),
    Field("score_raw", "answers.rating", c.text),
    Field("score_5", "answers.rating", c.decimal_if_any),
    Field("is_good", "answers.rating_category", c.flag()),
    Field("comment", "answers.value", c.text),
    Field("reason", "answers.options", c.text),
    Field("rated_at", "answers.updated_at", c.instant),
    Field("revised_at", "answers.updated_at", c.instant_if_any),
)
_TICKET_ZRN = re.compile(r"zen:ticket:([^:]+)")


def decode_survey_responses(page: Page) -> None:
    """Ratings of the newer CSAT surveys; a response whose rating was skipped is no rating and gives no row."""
    rows = []
    for line, response in page.readable():
        answers = [answer for answer in _list(response.get("answers")) if isinstance(answer, dict)]
        rating = next((answer for answer in answers if answer.get("rating") is not None), None)
        if c.id_text(response.get("id")) is None:
            page.bad(line, "missing_key", "id", "id is missing or not an id")
        elif not isinstance(response.get("answers"), list):
            page.bad(line, "missing_key", "answers", "the response has no list of answers")
        elif rating is not None:
            rows.append(_survey_rating(line, response, answers, rating))
    page.add_parts("satisfaction", SURVEY_RATINGS, rows)


def _survey_rating(line: int, response: Record, answers: list[Record], rating: Record) -> tuple[Any, ...]:
    score = rating["rating"]
    rated = rating.get("updated_at") or rating.get("created_at")
    revised = rated if rated != rating.get("created_at") else None
    comment = next((answer.get("value") for answer in answers if answer.get("type") == "open_ended"), None)
    choices = next((answer for answer in answers if answer.get("type") == "closed_ended"), {})
    reason = choices.get("options") or choices.get("value") or choices.get("selected_options")
    return (
        *(line, response.get("id"), rated, _ticket_of(response), response.get("responder_id"), score, _five(score)),
        *(_survey_good(rating), comment if c.is_plain(comment) else c.plain_text(comment)),
        *(reason if c.is_plain(reason) else c.plain_text(reason), rated, revised),
    )


def _five(score: Any) -> float | int | None:
    number = c.number_of(score)
    return number if number is not None and 1 <= number <= 5 else None


def _survey_good(rating: Record) -> bool | None:
    """The vendor's own category where given; else 4 and 5 of 5 are good."""
    category = rating.get("rating_category")
    if category in ("good", "bad"):
        return bool(category == "good")
    number = _five(rating.get("rating"))
    return None if number is None else number >= 4


def _ticket_of(response: Record) -> str | None:
    for subject in _list(response.get("subjects")):
        if isinstance(subject, dict) and subject.get("type") == "ticket":
            return c.id_text(subject.get("id"))
    for zrn in _list(response.get("subject_zrns")):
        if isinstance(zrn, str) and (found := _TICKET_ZRN.fullmatch(zrn)):
            return found.group(1)
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
