"""Search finds by exact words where the question has some, else by meaning; filters come first and places are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maitred.insight.text.encoders import Lexical
from maitred.insight.text.evaluating import evaluate
from maitred.insight.text.search import Document, Index

TEXTS = {
    "T-100": "My parcel has not arrived. The tracking page stands still since Monday.",
    "T-101": "Error E_4711 when I sign in. It says the account is locked.",
    "T-102": "Please refund the card payment that was taken twice.",
    "T-103": "Where is my delivery? The parcel should be here by now.",
}


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(
        [Document(id_, text, {"group": "ab"[at % 2]}) for at, (id_, text) in enumerate(TEXTS.items())], Lexical()
    )


@pytest.mark.parametrize(
    ("query", "where", "first", "why", "quoted"),
    [
        ("parcel still not here, where is it", None, "T-103", "vector", "Where is my delivery?"),
        ("what is E_4711", None, "T-101", "lexical", "E_4711"),
        ('"taken twice" please', None, "T-102", "lexical", "taken twice"),
        ("T-100", None, "T-100", "id", ""),
        ("parcel still not here, where is it", {"group": "a"}, "T-100", "vector", "My parcel has not arrived."),
        ("parcel still not here, where is it", {"group": ["a"]}, "T-100", "vector", "My parcel has not arrived."),
    ],
)
def test_the_way_of_finding_follows_the_question(
    index: Index, query: str, where: dict[str, object] | None, first: str, why: str, quoted: str
) -> None:
    hit = index.search(query, where, k=2)[0]
    assert (hit.id, hit.why) == (first, why)
    assert (
        TEXTS[hit.id][slice(*hit.span)] == quoted
        if why == "lexical"
        else TEXTS[hit.id][slice(*hit.span)] in TEXTS[hit.id]
    )


def test_nothing_that_the_filter_leaves_out_is_ranked(index: Index) -> None:
    assert index.search("T-100 parcel", {"group": "z"}) == []
    assert {hit.id for hit in index.search("E_4711 parcel", {"group": "a"}, k=9)} == {"T-100", "T-102"}


def test_queries_are_answered_in_order_with_the_documented_keys(tmp_path: Path) -> None:
    lines = [{"kind": "query", "id": "q1", "text": "card payment refund", "k": 1}]
    lines += [{"kind": "doc", "id": id_, "text": text, "fields": {}} for id_, text in TEXTS.items()]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    evaluate("search", tmp_path / "in.jsonl", tmp_path / "out.jsonl", "lexical", 1, tmp_path)
    answer = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert {*answer} == {"id", "hits"}
    assert [(hit["id"], hit["why"]) for hit in answer["hits"]] == [("T-102", "vector")]
    assert 0 < answer["hits"][0]["score"] <= 1
