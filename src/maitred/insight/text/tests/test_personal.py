"""Personal data through ``text eval pii``: exact keys, stable placeholders, offsets that hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.base.errors import BadInput
from maitred.insight.text.evaluating import evaluate
from maitred.insight.text.personal import DEFAULT, Placeholders, Policy, redact
from maitred.sync.screen import Known


def answers(tmp_path: Path, task: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    evaluate(task, tmp_path / "in.jsonl", tmp_path / "out.jsonl", "lexical", 1, tmp_path)
    return [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_line_is_answered_with_spans_and_the_text_without_them(tmp_path: Path) -> None:
    known = {"names": ["Ana Ruiz"], "emails": [], "phones": [], "addresses": [], "accounts": []}
    line = {"id": "d1", "text": "Hi, Ana Ruiz here, 4111 1111 1111 1111", "known": known}
    assert answers(tmp_path, "pii", line, {"id": "d2", "text": ""}) == [
        {
            "id": "d1",
            "spans": [
                {"start": 4, "end": 12, "type": "PERSON", "source": "identity", "p": 1.0},
                {"start": 19, "end": 38, "type": "CARD", "source": "pattern", "p": 1.0},
            ],
            "redacted": "Hi, [PERSON_1] here, [CARD_1]",
        },
        {"id": "d2", "spans": [], "redacted": ""},
    ]


def test_a_record_of_another_shape_is_refused_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"line 1: known\.names has to be a list"):
        answers(tmp_path, "pii", {"id": "d1", "text": "x", "known": {"names": "Ana"}})


def test_a_person_keeps_the_placeholder_through_a_ticket() -> None:
    known, numbers = Known(names=("Bo Lind", "Ana Ruiz")), Placeholders()
    first, _ = redact("Ana here, not Lind", known=known, placeholders=numbers)
    second, _ = redact("A. Ruiz again, from ana@mail.example", known=known, placeholders=numbers)
    assert (first, second) == ("[PERSON_1] here, not [PERSON_2]", "[PERSON_1] again, from [EMAIL_1]")


def test_a_policy_leaves_what_it_does_not_name() -> None:
    text = "ana@mail.example from 192.0.2.7"
    assert redact(text, Policy(redacted=frozenset({"IP"})))[0] == "ana@mail.example from [IP_1]"


@given(st.text(alphabet="a Z@.é\u0301\u200f🙂ש\r\n-12345", max_size=40))
def test_what_no_span_covers_is_left_as_it_was(text: str) -> None:
    redacted, spans = redact(f"{text} ana@mail.example {text}")
    kept = _outside(f"{text} ana@mail.example {text}", spans)
    assert all(part in redacted for part in kept)
    assert "ana@mail.example" not in redacted


def _outside(text: str, spans: list[Any]) -> list[str]:
    done, parts = 0, []
    for span in spans:
        parts.append(text[done : span.start])
        done = span.end if span.type in DEFAULT.redacted else done
    return [*parts, text[done:]]


def test_a_language_is_told_or_left_open(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"config": {"languages": ["de", "en", "nb"]}},
        {"id": "a", "text": "Wo ist mein Paket geblieben?"},
        {"id": "b", "text": "4711 https://x.example"},
        {"id": "c", "text": "ok", "prior": "de-AT"},
        {"id": "d", "text": "Jeg venter fortsatt på pakken\n> Where is my parcel? I have been waiting for days"},
    ]
    found = answers(tmp_path, "language", *lines)
    assert [(one["id"], one["lang"]) for one in found] == [("a", "de"), ("b", None), ("c", "de"), ("d", "nb")]
    assert {key for one in found for key in one} == {"id", "lang", "p"}


def test_a_language_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no language with the code qq"):
        answers(tmp_path, "language", {"config": {"languages": ["de", "qq"]}}, {"id": "a", "text": "x"})
