"""Today on any day: ids that last, a live look that equals the replay, learning, stale data, and foreign detectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from maitred.floor.world import World
from maitred.insight.detectors import data_health, registry
from maitred.insight.detectors.finding import Candidate, Checked, Detector, Looked, Moment, Size
from maitred.insight.detectors.ranking import Handled
from maitred.insight.detectors.replaying import Course, as_of, moments, replay
from maitred.insight.detectors.tests.test_joining import BILLING, TECHNICAL, said
from maitred.insight.detectors.tests.worlds import evidence_of
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.tables import Evidence
from maitred.insight.evidence.tests.made import DAY, HOUR, MONDAY, made

Says = Callable[[int], Sequence[Candidate]]
FIRST = date(2025, 1, 6)


def seen(days: int = 130) -> Evidence:
    """An office with five tickets on each working day, all about nothing."""
    created = [MONDAY + day * DAY + (9 + hour) * HOUR for day in range(days) if day % 7 < 5 for hour in range(5)]
    return made(tickets={"created": np.array(created)}, as_of=MONDAY + days * DAY)


def saying(says: Says, family: str = "speed") -> Detector:
    """A detector that says what it is told to say of a day."""
    return Detector(
        f"{family}.told#1",
        family,
        lambda evidence: lambda moment: Looked(says(moment.days), (Checked(family, "told", moment.days),)),
    )


def course(says: Says, **more: Any) -> Course:
    return Course(seen(), detectors=(saying(says),), **more)


def at(day: int) -> Moment:
    return Moment(MONDAY + day * DAY + 6 * HOUR, day)


def ids(one: Course, *days: int) -> list[list[str]]:
    return [[found["id"] for found in one.at(at(day)).findings] for day in days]


def test_a_problem_keeps_its_id_when_the_estimate_of_its_onset_moves() -> None:
    found = ids(course(lambda day: [said("speed", BILLING, range(9), since=day - 5)]), 70, 71, 72, 85)
    assert len({one for day in found for one in day}) == 1


def test_a_problem_that_was_away_for_two_weeks_comes_back_as_itself_and_later_as_another() -> None:
    def says(day: int) -> list[Candidate]:
        return [said("speed", BILLING, range(9), since=day - 1)] if day in (70, 84, 99) else []

    first, away, again, other = ids(course(says), 70, 77, 84, 99)
    assert away == []
    assert again == first
    assert other != first


def test_another_subject_or_family_is_another_finding() -> None:
    found = ids(
        course(lambda day: [
            said("speed", BILLING, range(9)), said("speed", TECHNICAL, range(20, 29)),
            said("reopen", BILLING, range(40, 49)),
        ]), 90,
    )[0]  # fmt: skip
    assert len(set(found)) == 3


def test_what_is_handled_is_folded_until_it_is_a_quarter_worse() -> None:
    def says(day: int) -> list[Candidate]:
        return [said("speed", BILLING, range(9), waiting=100.0 if day < 80 else 130.0)]

    name = ids(course(says), 70)[0][0]
    handled = course(says, handled={name: Handled("acknowledged", 100.0)})
    before, after = handled.at(at(70)).findings[0], handled.at(at(80)).findings[0]
    assert (before["shown"], before["folded"]) == (False, "acknowledged")
    assert after["shown"] and "folded" not in after
    assert before["id"] == after["id"] == name


def test_a_muted_detector_is_folded_with_the_reason() -> None:
    found = course(lambda day: [said("speed", BILLING, range(9))], muted=frozenset({"speed.rule#1"})).at(at(70))
    assert [(one["shown"], one["folded"]) for one in found.findings] == [
        (False, "its detector was wrong too often here")
    ]


def test_an_interval_that_contains_no_effect_is_never_told() -> None:
    one = said("speed", BILLING, range(9))
    none = Candidate(**{name: getattr(one, name) for name in one.__slots__} | {"effect": Size(1.3, 0.9, 1.8, "ratio")})
    assert course(lambda day: [none]).at(at(70)).findings == []


def test_before_sixty_days_today_is_learning() -> None:
    one = course(lambda day: [said("speed", BILLING, range(9))])
    early, later = one.at(at(59)), one.at(at(60))
    assert early.learning and early.findings == []
    assert early.checked == []
    assert later.checked == [{"family": "speed", "series": "told", "n": 60}]
    assert not later.learning and len(later.findings) == 1


def test_stale_data_replace_confident_findings_by_one_row() -> None:
    evidence = seen(90)
    told = (saying(lambda day: [said("speed", BILLING, range(9))]), *data_health.DETECTORS)
    fresh = as_of(evidence, datetime(2025, 4, 4, 6, tzinfo=UTC), detectors=told)
    stale = as_of(evidence, datetime(2025, 4, 11, 6, tzinfo=UTC), detectors=told)
    assert [one["family"] for one in fresh.findings] == ["speed"]
    assert [one["detector"] for one in stale.findings] == ["data_health.stale#1"]
    assert stale.findings[0]["rank"] == 1


def test_the_document_has_the_fields_that_are_promised() -> None:
    found = course(lambda day: [said("speed", BILLING, range(3, 12), waiting=12.0, revenue=250.0)]).at(at(70))
    (one,) = found.findings
    assert one["since"] == (FIRST + timedelta(days=80)).isoformat()
    assert one["harm"] == {
        "value": 22.0, "unit": "customer_hours_per_week", "parts": {"waiting": 12.0, "revenue": 10.0}
    }  # fmt: skip
    assert one["evidence"]["count"] == 9
    assert one["evidence"]["tickets"] == [str(number) for number in range(4, 13)]
    assert one["evidence"]["query"]["from"] == one["since"]
    assert {action["id"] for action in one["actions"]} >= {"change_roster", "simulate"}
    assert (one["rank"], one["shown"], one["news"], found.as_of) == (1, True, False, "2025-03-17T06:00:00Z")


def test_a_replay_has_a_line_for_each_working_day_at_its_time() -> None:
    told = (saying(lambda day: []),)
    lines = list(replay(seen(), date(2025, 4, 4), date(2025, 4, 8), "07:30", detectors=told))
    assert [one["as_of"] for one in lines] == [
        f"2025-04-{day}T07:30:00Z" for day in ("04", "07", "08")
    ]  # fmt: skip
    assert all(one["checked"] for one in lines)


def test_a_replay_has_its_lines_also_while_today_is_learning() -> None:
    told = list(replay(seen(), FIRST, FIRST + timedelta(days=11), detectors=(saying(lambda day: ()),)))
    assert [one["as_of"][:10] for one in told][:2] == ["2025-01-06", "2025-01-07"]
    assert len(told) == 10
    assert not any(one["findings"] for one in told)


def test_a_look_at_an_instant_is_that_line_of_the_replay() -> None:
    def says(day: int) -> list[Candidate]:
        back = day % 30 < 20
        return [said("speed", BILLING, range(9), since=day - 4)] if back else [said("backlog", BILLING, range(9))]

    lines = list(replay(seen(), FIRST, date(2025, 5, 9), detectors=(saying(says),)))
    for line in lines[::7]:
        look = as_of(seen(), datetime.fromisoformat(line["as_of"]), detectors=(saying(says),))
        assert look.document() == line


def test_the_run_up_begins_when_learning_ends_whatever_is_asked() -> None:
    evidence = seen()
    late = list(moments(evidence, date(2025, 4, 1), time(6)))
    later = list(moments(evidence, date(2025, 4, 20), time(6)))
    assert later[: len(late)] == late
    assert [day for _, day in moments(evidence, date(2025, 1, 20), time(6))] == [date(2025, 1, 20)]


def _checked(told: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Families and series; how many words are known depends on how many there are in all."""
    return [(one["family"], one["series"]) for one in told]


def live_equals_replay(evidence: Evidence, detectors: Sequence[Detector], days: int, every: int) -> int:
    """Compares looks on evidence that ends at the look with the replay of all of it; returns findings compared."""
    last = evidence.days.first + timedelta(days=len(evidence.days) - 2)
    lines = list(replay(evidence, last - timedelta(days=days), last, detectors=detectors))
    compared = 0
    for line in lines[::every]:
        when = datetime.fromisoformat(line["as_of"])
        live = as_of(cut(evidence, int(when.timestamp())), when, detectors=detectors)
        assert live.findings == line["findings"]
        assert _checked(live.checked) == _checked(line["checked"])
        compared += len(line["findings"])
    return compared


@pytest.mark.slow
@pytest.mark.long
def test_live_equals_replay_on_a_small_organisation_with_every_detector() -> None:
    evidence = evidence_of(World.demo("small", 1, days=110))
    assert live_equals_replay(evidence, registry.detectors(), 40, 9) > 0


def test_a_detector_that_breaks_is_named_and_the_others_go_on() -> None:
    def broken(day: int) -> list[Candidate]:
        raise ZeroDivisionError("by nothing")

    one = Course(seen(), detectors=(saying(broken, "backlog"), saying(lambda day: [said("speed", BILLING, range(9))])))
    found = one.at(at(70))
    assert [finding["family"] for finding in found.findings] == ["speed"]
    assert any("backlog.told#1" in note for note in found.notes)


def test_a_queue_of_work_is_the_same_row_whether_asked_alone_or_in_a_replay() -> None:
    def says(day: int) -> list[Candidate]:
        return [said("sla_due", BILLING, range(day, day + 9), since=day, waiting=float(day))]

    lines = list(replay(seen(), FIRST, date(2025, 5, 9), detectors=(saying(says, "sla_due"),)))
    for line in lines[::9]:
        look = as_of(seen(), datetime.fromisoformat(line["as_of"]), detectors=(saying(says, "sla_due"),))
        assert look.document() == line
