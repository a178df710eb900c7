"""Pages of any connected helpdesk are decoded by its name, also those of a connector that a package brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from maitred.base.errors import NotFound
from maitred.sync.kinds import KINDS, named

BOX = """
from maitred.connectors.decoded import Bad, Decoded
from maitred.connectors.streams import Stream

class Box:
    vendor = 'parcelbox'
    feeds = {'people': Stream(('users',), ()), 'boxes': Stream(('tickets',), ())}

    def decode(self, stream, records):
        return Decoded(bad=[Bad(0, 'bad_row', stream, repr(records))])

CONNECTOR = Box()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package on the path that offers a connector, as an installed one does."""
    about = tmp_path / "parcelbox-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: parcelbox\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[maitred.connectors]\nparcelbox = parcelbox:CONNECTOR\n")
    (tmp_path / "parcelbox.py").write_text(BOX)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_packages_pages_are_decoded_by_its_own_decoder(installed: None) -> None:
    kind = named("parcelbox")
    (bad,) = kind.decode("boxes", b'{"id": 1}\n{"id": 2}\n').bad
    assert (bad.field, bad.message) == ("boxes", "[{'id': 1}, {'id': 2}]")
    assert (kind.name, kind.form, list(kind.order)) == ("parcelbox", "jsonl", ["people", "boxes"])


@pytest.mark.parametrize("word", list(KINDS))
def test_every_import_is_found_by_its_word(word: str) -> None:
    assert named(word).name == word


def test_a_word_that_nobody_offers_is_refused() -> None:
    with pytest.raises(NotFound, match="no connector for 'parcels'"):
        named("parcels")
