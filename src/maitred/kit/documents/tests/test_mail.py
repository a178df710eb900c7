"""The report as a letter: complete without HTML, small, with its charts in place and nothing from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from maitred.kit.access.actor import operator
from maitred.kit.audit.deeds import deed
from maitred.kit.documents import mail
from maitred.kit.documents.sections import Section, Sentence, TableBlock
from maitred.kit.documents.tests.examples import FIRST_REPLY, HOSTILE, FixedPicture, hostile, weekly
from maitred.kit.documents.tests.test_page import Seen
from maitred.kit.outbox import contents
from maitred.kit.outbox import mail as outgoing
from maitred.kit.outbox.channels import Letter as Going
from maitred.kit.outbox.configuration import MailServer
from maitred.kit.outbox.models import Effect
from maitred.kit.outbox.posting import post_mail
from maitred.kit.secrets.sealing import Secret


def test_the_text_is_complete_by_itself() -> None:
    report = weekly(2)
    text = mail.render(report).text
    for section in report.sections:
        assert section.heading in text
        for block in section.blocks:
            if isinstance(block, TableBlock):
                assert all(" | ".join(row) in text for row in block.rows)
            if isinstance(block, Sentence):
                assert block.text in text
    assert FixedPicture().sentence in text
    assert FIRST_REPLY.url in text
    assert "55 min (52–58 min · n 1 986)" in text
    assert report.definitions[0].text in text
    assert "As of 28 Nov 2026, 14:02, Europe/Berlin" in text


def test_the_html_loads_nothing_and_every_figure_leads_to_its_rows() -> None:
    letter = mail.render(weekly(2))
    seen = Seen(letter.html)
    assert {value.partition(":")[0] for value in seen.values("src")} == {"cid"}
    assert "style" not in seen.tags
    assert "link" not in seen.tags
    assert FIRST_REPLY.url in seen.values("href")
    assert seen.values("alt") == [FixedPicture().sentence] * 2
    assert [value.partition(":")[2] for value in seen.values("src")] == [one.cid for one in letter.attachments]
    assert letter.subject == weekly(2).title


def test_markup_stays_text() -> None:
    letter = mail.render(hostile())
    seen = Seen(letter.html)
    assert set(seen.values("src")) == {f"cid:{one.cid}" for one in letter.attachments}
    assert "script" not in seen.tags
    assert not seen.values("href")
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert "".join(seen.texts).count(HOSTILE) >= 1 + 5 + 3 * (1 + 1 + 4 + 1 + 4 + 4 + 3 + 1) + 2
    assert letter.text.count(HOSTILE) >= 5 + 3 * (1 + 1 + 4 + 1 + 4 + 4 + 3 + 1) + 2


def test_a_long_report_is_cut_in_html_and_whole_as_text() -> None:
    sections = tuple(Section(f"Finding {n}", (Sentence("A long sentence. " * 60),)) for n in range(400))
    letter = mail.render(replace(weekly(1), sections=sections))
    assert len(letter.html.encode()) <= mail.MOST_BYTES
    assert "the rest is in its text part" in letter.html
    assert "Finding 399" not in letter.html
    assert "Finding 399" in letter.text


def test_a_long_table_says_how_many_rows_it_shows() -> None:
    rows = tuple((f"team {n}",) for n in range(90))
    letter = mail.render(replace(weekly(1), sections=(Section("x", (TableBlock(("Team",), rows),)),)))
    assert "20 of 90 rows shown" in letter.html
    assert "team 89" in letter.text


@pytest.mark.django_db
def test_a_letter_goes_out_with_text_first_and_charts_in_place() -> None:
    built = _built(mail.render(weekly(2)))
    assert built.get_content_type() == "multipart/alternative"
    text, page = built.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert page.get_content_type() == "multipart/related"
    html, *pictures = page.iter_parts()
    assert html.get_content_type() == "text/html"
    assert [one["Content-ID"] for one in pictures] == ["<chart-1@maitred>", "<chart-2@maitred>"]
    assert [one.get_content_disposition() for one in pictures] == ["inline", "inline"]
    assert pictures[0].get_payload(decode=True) == FixedPicture().png(scale=2)


def test_the_same_report_is_the_same_letter() -> None:
    assert mail.render(weekly(2)) == mail.render(weekly(2))


def _built(letter: mail.Letter) -> EmailMessage:
    """As the worker hands it over: posted in a deed, sealed, opened, built."""
    with deed(operator("tests"), "tests.post"):
        number = post_mail("head@example.org", letter.subject, letter.text, letter.html, letter.attachments)
    content = contents.opened(Effect._base_manager.get(pk=number))
    assert content is not None
    server = MailServer("localhost", 25, "desk@example.org", "starttls", "", Secret(""))
    return outgoing.built(Going(content=content, key="k" * 64, asked_at=datetime(2026, 11, 28, tzinfo=UTC)), server)
