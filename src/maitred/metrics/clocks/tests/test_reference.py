"""The slow reference prints the public corpus' expected exports cell by cell."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from maitred.metrics.clocks.tests.corpora import differences
from maitred.metrics.clocks.tests.reference import (
    SLA_HEADER,
    TICKET_HEADER,
    reference_exports,
)


def corpus_folder() -> Path:
    """The public corpus, or a skip with the reason."""
    shared = os.environ.get("MAITRED_SHARED_DATA")
    root = Path(__file__).resolve().parents[5]
    folder = (Path(shared) if shared else root.parent / "shared" / "data") / "zendesk_corpus"
    if not folder.is_dir():
        pytest.skip(f"no public corpus at {folder}")
    return folder


def expected(name: str) -> list[dict[str, str]]:
    with (corpus_folder() / "expected" / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_reference_prints_the_public_corpus_exactly() -> None:
    """400 ticket rows and 1,193 target instances of an independent brute-force walk."""
    tickets, sla = reference_exports(corpus_folder() / "tables")
    wanted_tickets, wanted_sla = expected("expected_tickets.csv"), expected("expected_sla.csv")
    assert (len(tickets), len(sla)) == (400, 1_193)
    assert list(differences(tickets, wanted_tickets)) == []
    assert list(differences(sla, wanted_sla)) == []


def test_the_reference_has_the_exact_headers() -> None:
    """The columns and their order are part of the contract."""
    assert list(expected("expected_tickets.csv")[0]) == TICKET_HEADER
    assert list(expected("expected_sla.csv")[0]) == SLA_HEADER
