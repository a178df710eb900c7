"""Helping processes change nothing but the time: the same rows and faults; one that dies is done without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from maitred.connectors.decoded import Bad, Decoded
from maitred.sync import decoding, landing
from maitred.sync.kinds import KINDS
from maitred.sync.ledger import LandedPage

PAGES = 30


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[LandedPage]]:
    """Pages of users, one of which has a line that is no JSON."""
    root = tmp_path_factory.mktemp("landing")
    pages = []
    for number in range(PAGES):
        lines = [orjson.dumps({"id": 1000 * number + k, "name": f"U {k}", "role": "agent"}) for k in range(40)]
        body = b"\n".join([*lines, b'{"id": 7,' if number == 11 else b'{"id": 999999, "name": "last"}']) + b"\n"
        digest = landing.write(root, "zendesk", "users", body, "jsonl")
        pages.append(LandedPage(number, "zendesk", "users", digest, "users.jsonl", 41 * number + 1, 41))
    return root, pages


def rows_of(found: list[tuple[LandedPage, Decoded]]) -> list[tuple[int, Any, list[Bad], list[str]]]:
    return [
        (page.seq, {name: rows.to_pylist() for name, rows in one.tables.items()}, one.bad, one.notices)
        for page, one in found
    ]


def decoded(root: Path, pages: list[LandedPage], kind: str | None) -> list[tuple[LandedPage, Decoded]]:
    return list(decoding.decoded(root, pages, KINDS["zendesk"]().decode, "jsonl", kind))


def test_helpers_find_what_this_process_finds(
    landed: tuple[Path, list[LandedPage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, pages = landed
    here = rows_of(decoded(root, pages, None))
    monkeypatch.setattr(decoding, "WORTH_IT", 1)
    monkeypatch.setattr(decoding, "cores", lambda: 2)
    assert rows_of(decoded(root, pages, "zendesk")) == here
    assert sum(len(one[2]) for one in here) == 1


def test_a_page_that_no_helper_can_read_is_read_here_and_named(
    landed: tuple[Path, list[LandedPage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, pages = landed
    here = rows_of(decoded(root, pages, None))
    monkeypatch.setattr(decoding, "WORTH_IT", 1)
    monkeypatch.setattr(decoding, "cores", lambda: 2)
    assert rows_of(decoded(root, pages, "no such kind")) == here


def test_helpers_end_with_the_one_who_asks(
    landed: tuple[Path, list[LandedPage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, pages = landed
    started: list[decoding._Helper] = []
    monkeypatch.setattr(decoding, "WORTH_IT", 1)
    monkeypatch.setattr(decoding, "cores", lambda: 2)
    begin = decoding._Helper.__init__

    def noted(helper: decoding._Helper, *given: str) -> None:
        begin(helper, *given)  # type: ignore[arg-type]
        started.append(helper)

    monkeypatch.setattr(decoding._Helper, "__init__", noted)
    some = decoding.decoded(root, pages, KINDS["zendesk"]().decode, "jsonl", "zendesk")
    next(some)
    some.close()  # type: ignore[attr-defined]
    assert started
    assert all(helper._process.returncode is not None for helper in started)
