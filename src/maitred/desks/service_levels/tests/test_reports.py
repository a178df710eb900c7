"""The report of Speed & SLA: the figures of its pages, made by the worker, taken away by whoever asked for it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, QueryDict
from django.test import Client

from maitred.desks.service_levels import jobs, sections
from maitred.desks.service_levels.pages.opening import opened
from maitred.kit.audit.models import AuditRow
from maitred.kit.documents.sections import Document, FigureRow
from maitred.kit.jobs.models import Job
from maitred.people import acting
from maitred.people.tests.floor import Floor
from maitred.people.tests.markup import marks

Sign = Callable[[str], Client]


def document_for(floor: Floor, name: str, query: str = "") -> Document:
    request: Any = HttpRequest()
    request.method, request.path, request.GET = "GET", "/service-levels/", QueryDict(query)
    request.actor = acting.actor_of_account(floor.accounts[name])
    with opened(request) as one:
        return sections.document(one)


def figures(document: Document) -> dict[str, tuple[str, str]]:
    rows = [block for section in document.sections for block in section.blocks if isinstance(block, FigureRow)]
    return {one.label: (one.value_text, one.n_text) for row in rows for one in row.figures}


def test_a_report_carries_the_figures_of_the_page(page_floor: Floor, sign: Sign) -> None:
    page = sign("manager").get("/service-levels/", {"period": "last-52w"}).content.decode()
    found = figures(document_for(page_floor, "manager", "period=last-52w"))
    value, n = found["First reply"]
    assert f">{value}</a>" in page
    assert n in page


def test_a_report_is_the_same_from_the_same_publication(page_floor: Floor) -> None:
    first, second = (document_for(page_floor, "lead", "period=last-52w") for _ in range(2))
    assert figures(first) == figures(second)
    assert [one.heading for one in first.sections] == [one.heading for one in second.sections]


def test_an_executive_s_report_leaves_out_what_counts_cannot_show(page_floor: Floor) -> None:
    whole = document_for(page_floor, "manager", "period=last-52w")
    coarse = document_for(page_floor, "executive", "period=last-52w")
    assert len(coarse.sections) <= len(whole.sections)
    assert coarse.sections


def test_asking_for_a_report_starts_a_job_in_one_s_own_name(page_floor: Floor, sign: Sign) -> None:
    client = sign("lead")
    answer = client.post("/service-levels/report/?period=last-28d", {"form": "pdf"})
    assert answer.status_code == 302
    assert answer["Location"] == "/service-levels/?period=last-28d"
    job = Job._base_manager.get(kind="service_levels.report")
    assert (job.account, job.arguments["query"]) == (page_floor.accounts["lead"].pk, "period=last-28d")


@pytest.mark.parametrize("form", ["exe", ""])
def test_a_report_of_no_known_form_is_refused(page_floor: Floor, sign: Sign, form: str) -> None:
    answer = sign("manager").post("/service-levels/report/", {"form": form})
    assert answer.status_code in (400, 422)
    assert not Job._base_manager.filter(kind="service_levels.report").exists()


@pytest.mark.parametrize("form", ["pdf", "pptx"])
def test_the_links_of_the_page_answer_with_the_report_and_the_audit_log_has_it(
    page_floor: Floor, sign: Sign, form: str
) -> None:
    client = sign("manager")
    page = client.get("/service-levels/", {"period": "last-13w"})
    link = next(one["href"] for one in marks(page).all("a") if one.get("data-export") == form)
    assert link == f"/service-levels/report.{form}?period=last-13w"
    answer = client.get(link)
    assert answer["Content-Disposition"] == f'attachment; filename="speed-and-sla.{form}"'
    assert answer.content[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
    row = AuditRow._base_manager.filter(verb="exports.write").order_by("-seq").first()
    assert row is not None and hashlib.sha256(answer.content).hexdigest() in str(row.diff)


def test_a_report_to_take_away_is_for_whoever_sees_figures_and_of_known_forms(page_floor: Floor, sign: Sign) -> None:
    assert sign("admin").get("/service-levels/report.pdf").status_code == 403
    assert sign("manager").get("/service-levels/report.exe").status_code == 404


def test_who_sees_no_figures_has_no_report(page_floor: Floor, sign: Sign) -> None:
    assert sign("admin").post("/service-levels/report/", {"form": "pdf"}).status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("form", ["pdf", "pptx"])
def test_the_worker_makes_the_file_and_only_its_owner_gets_it(page_floor: Floor, sign: Sign, form: str) -> None:
    from maitred.kit.jobs import worker

    sign("manager").post("/service-levels/report/?period=last-52w", {"form": form})
    worker.work(once=True)
    job = Job._base_manager.get(kind="service_levels.report")
    answer: Any = sign("manager").get(f"/exports/{job.pk}/")
    body = b"".join(answer.streaming_content)
    assert body[:4] == (b"%PDF" if form == "pdf" else b"PK\x03\x04")
    assert sign("lead").get(f"/exports/{job.pk}/").status_code == 404
    assert jobs.FORMS[:2] == ("pdf", "pptx")
    if form == "pdf":
        from pypdf import PdfReader

        assert "Speed & SLA" in PdfReader(io.BytesIO(body)).pages[0].extract_text()


@pytest.mark.slow
def test_a_report_by_mail_goes_to_one_s_own_address_once(page_floor: Floor, sign: Sign) -> None:
    from maitred.kit.jobs import worker
    from maitred.kit.outbox.models import Effect

    sign("manager").post("/service-levels/report/?period=last-52w", {"form": "mail"})
    worker.work(once=True)
    assert Effect._base_manager.filter(kind="mail").count() == 1
