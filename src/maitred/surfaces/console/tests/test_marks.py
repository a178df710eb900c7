"""Labels and notes from the page of the rows: preview, apply, undo; nobody reaches further, nothing needs a script."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from maitred.base import clock
from maitred.kit.marks.models import Journal, Mark
from maitred.kit.marks.tests.publishing import publish
from maitred.kit.verbs import run
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import marks
from maitred.surfaces.console.tests.conftest import SignedIn
from maitred.surfaces.console.tests.reading import hidden, only, text, tickets_of

DRILL = "/drill/full_resolution.calendar/?period=last-52w&hours=calendar"
LABEL = {"kind": "label", "text": "refund wave"}


def sent(client: Client, path: str = DRILL, **more: Any) -> dict[str, Any]:
    """What the form over the rows sends along."""
    return {**hidden(text(client.get(path)), "/marks/preview/"), **LABEL, **more}


def number(page: Any, name: str) -> int:
    """A number of a result, by its mark."""
    found = next(one for one in marks(page).all("dd") if f"data-{name}" in one)
    return int(str(found[f"data-{name}"]))


def applied(client: Client, words: dict[str, Any]) -> str:
    """The address of the result, after preview and apply."""
    seen = client.post("/marks/preview/", words)
    assert seen.status_code == 200, text(seen)
    answer = client.post("/marks/apply/", hidden(text(seen), "/marks/apply/"))
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def test_everything_behind_the_figure_is_labelled_and_taken_back_without_scripts(signed_in: SignedIn) -> None:
    client = signed_in("manager")
    page = client.get(DRILL)
    assert [one for one in marks(page).all("input") if one.get("name") == "row"]
    total = int(str(marks(page).all("table")[-1]["data-total"]))
    words = {**hidden(text(page), "/marks/preview/"), **LABEL, "all": "1"}
    seen = client.post("/marks/preview/", words)
    assert number(seen, "would") + number(seen, "out") == total
    assert not Mark._base_manager.exists()
    where = applied(client, words)
    done = client.get(where)
    assert number(done, "added") == number(seen, "would") == Mark._base_manager.count() > 50
    again = client.post("/marks/preview/", words)
    assert (number(again, "would"), number(again, "have")) == (0, number(done, "added"))
    assert "/marks/apply/" in text(again)
    assert "btn pri" not in text(again)
    assert client.post(f"{where}undo/").status_code == 302
    undone = client.get(where)
    assert (number(undone, "removed"), number(undone, "left")) == (number(done, "added"), 0)
    assert "undo/" not in text(undone)
    assert not Mark._base_manager.exists()


def test_the_filters_of_the_page_narrow_what_all_means(signed_in: SignedIn, floor: Floor) -> None:
    client = signed_in("manager")
    narrow = f"{DRILL}&team={floor.teams['Billing'].pk}&priority=high"
    total = int(str(marks(client.get(narrow)).all("table")[-1]["data-total"]))
    seen = client.post("/marks/preview/", sent(client, narrow, all="1"))
    assert number(seen, "would") + number(seen, "out") == total > 0
    assert total < int(str(marks(client.get(DRILL)).all("table")[-1]["data-total"]))


def test_chosen_rows_alone_are_marked_and_foreign_ones_are_not(signed_in: SignedIn, floor: Floor) -> None:
    client, mine, foreign = signed_in("lead"), only(floor, "lead", "lead2"), only(floor, "lead2", "lead")
    seen = client.post("/marks/preview/", {**LABEL, "row": [mine, mine, foreign, "demo:999999"]})
    assert (number(seen, "would"), number(seen, "out")) == (1, 2)
    applied(client, {**LABEL, "row": [mine, foreign]})
    assert [f"demo:{one}" for one in Mark._base_manager.values_list("ticket_id", flat=True)] == [mine]


def test_what_was_changed_meanwhile_is_left_alone_and_named(signed_in: SignedIn, floor: Floor) -> None:
    client = signed_in("lead")
    rows = sorted(tickets_of(floor, "lead"))[:3]
    where = applied(client, {**LABEL, "row": rows})
    mark = Mark._base_manager.order_by("ticket_id")[0]
    run("marks.change", floor.actor("lead"), {"mark": mark.pk, "text": "refunded", "version": 1})
    client.post(f"{where}undo/")
    undone = client.get(where)
    assert (number(undone, "removed"), number(undone, "left")) == (2, 1)
    assert f'href="/tickets/demo/{mark.ticket_id}/"' in text(undone)


def test_after_ten_minutes_the_button_is_gone_and_the_deed_refused(
    signed_in: SignedIn, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in("lead")
    where = applied(client, {**LABEL, "row": [only(floor, "lead", "lead2")]})
    late = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert "undo/" not in text(client.get(where))
    assert client.post(f"{where}undo/").status_code == 409
    assert Mark._base_manager.count() == 1


def test_a_preview_that_is_out_of_date_does_nothing(signed_in: SignedIn, floor: Floor) -> None:
    client, row = signed_in("lead"), only(floor, "lead", "lead2")
    words = hidden(text(client.post("/marks/preview/", {**LABEL, "row": [row]})), "/marks/apply/")
    applied(client, {**LABEL, "row": [row]})
    late = client.post("/marks/apply/", words)
    assert late.status_code == 409
    assert Journal._base_manager.count() == 1


def test_a_strangers_result_and_undo_do_not_exist(signed_in: SignedIn, floor: Floor) -> None:
    where = applied(signed_in("lead"), {**LABEL, "row": [only(floor, "lead", "lead2")]})
    for stranger in ("agent", "lead2", "manager"):
        client = signed_in(stranger)
        assert client.get(where).status_code == 404
        assert client.post(f"{where}undo/").status_code == 404
    assert Mark._base_manager.count() == 1


def test_whoever_sees_counts_only_gets_no_form_and_no_deed(signed_in: SignedIn) -> None:
    client = signed_in("executive")
    assert "/marks/preview/" not in text(client.get(DRILL))
    assert client.post("/marks/preview/", {**LABEL, "row": ["demo:10001"]}).status_code == 403
    assert client.post("/marks/apply/", {**LABEL, "row": ["demo:10001"]}).status_code == 403


def test_nothing_chosen_or_no_words_is_said_and_leads_back(signed_in: SignedIn) -> None:
    client = signed_in("lead")
    for wrong in ({**LABEL}, {"kind": "label", "text": " ", "row": ["demo:10001"]}, {**LABEL, "kind": "stamp"}):
        refused = client.post("/marks/preview/", {**wrong, "back": "/drill/solved/"})
        assert refused.status_code == 422
        assert 'href="/drill/solved/"' in text(refused)
    assert 'href="//evil' not in text(client.post("/marks/preview/", {**LABEL, "back": "//evil.example/"}))


def test_hostile_words_of_a_label_stay_words(signed_in: SignedIn, floor: Floor) -> None:
    client, row = signed_in("lead"), only(floor, "lead", "lead2")
    words = {"kind": "label", "text": '"><script>alert(1)</script>', "row": [row]}
    where = applied(client, words)
    ticket = f"/tickets/demo/{row.partition(':')[2]}/"
    pages = (client.post("/marks/preview/", words), client.get(where), client.get(ticket))
    for page in pages:
        assert "<script>alert" not in text(page)
        assert "&lt;script&gt;" in text(page)


def test_the_ticket_page_shows_adds_and_takes_off_labels_and_notes(signed_in: SignedIn, floor: Floor) -> None:
    lead, row = signed_in("lead"), only(floor, "lead", "lead2")
    path = f"/tickets/demo/{row.partition(':')[2]}/"
    add = {"ticket": row, "back": path, **LABEL}
    assert lead.post("/marks/add/", add).headers["Location"] == path
    assert lead.post("/marks/add/", {**add, "kind": "note", "text": "called the customer"}).status_code == 302
    page = text(lead.get(path))
    assert "refund wave" in page
    assert "called the customer" in page
    assert hidden(page, "/marks/add/") == {"ticket": [row], "back": [path]}
    label, note = Mark._base_manager.get(kind="label"), Mark._base_manager.get(kind="note")
    manager = text(signed_in("manager").get(path))
    assert f"/marks/{label.pk}/remove/" in manager
    assert f"/marks/{note.pk}/remove/" not in manager  # somebody else's note
    assert signed_in("manager").post(f"/marks/{note.pk}/remove/", {"version": "1"}).status_code == 404
    assert signed_in("lead2").post(f"/marks/{label.pk}/remove/", {"version": "1"}).status_code == 404
    assert lead.post(f"/marks/{label.pk}/remove/", {"version": "7", "back": path}).status_code == 409
    assert lead.post(f"/marks/{label.pk}/remove/", {"version": "1", "back": path}).headers["Location"] == path
    assert [one.kind for one in Mark._base_manager.all()] == ["note"]


@pytest.mark.slow
def test_ten_thousand_rows_are_labelled_from_the_page_and_taken_back(
    signed_in: SignedIn, settings: Any, tmp_path: Path
) -> None:
    publish(tmp_path / "log", tmp_path / "workspace", 12_000)
    settings.MAITRED_HOME = tmp_path / "workspace"
    client = signed_in("manager")
    total = int(str(marks(client.get(f"{DRILL}&team=")).all("table")[-1]["data-total"]))
    assert total > 10_000
    refused = client.post("/marks/preview/", sent(client, all="1"))
    assert (refused.status_code, "10000 are the most" in text(refused)) == (422, True)
    narrow = f"{DRILL}&priority=normal"
    where = applied(client, sent(client, narrow, all="1"))
    assert number(client.get(where), "added") == Mark._base_manager.count() > 2_000
    client.post(f"{where}undo/")
    assert not Mark._base_manager.exists()
