"""Connectors are found by their vendor's name: ours, and those of installed packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from maitred.base.errors import NotFound
from maitred.connectors.registry import ConnectorBroken, connector, decoder, feeds, vendors
from maitred.connectors.streams import VENDORS

OWN = ("zendesk", "freshdesk", "salesforce")

BOX = """
from maitred.connectors.decoded import Decoded
from maitred.connectors.streams import Stream

class Box:
    vendor = 'helpbox'
    feeds = {'boxes': Stream(('tickets',), ())}

    def decode(self, stream, records):
        return Decoded(notices=[f'{len(records)} {stream}'])

CONNECTOR = Box()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package on the path that offers connectors, as an installed one does."""
    about = tmp_path / "helpbox-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: helpbox\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[maitred.connectors]\nhelpbox = helpbox:CONNECTOR\nmisnamed = helpbox:CONNECTOR\n"
        "alone = helpbox_alone:CONNECTOR\n"
        "unwell = helpbox_that_fails:CONNECTOR\nzendesk = helpbox:CONNECTOR\n"
    )
    (tmp_path / "helpbox.py").write_text(BOX)
    (tmp_path / "helpbox_that_fails.py").write_text("raise RuntimeError('no such thing')\n")
    (tmp_path / "helpbox_alone.py").write_text("class Box:\n    vendor = 'alone'\nCONNECTOR = Box()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "helpbox", raising=False)
    return tmp_path


@pytest.mark.parametrize("vendor", OWN)
def test_our_own_connectors_are_there_by_name(vendor: str) -> None:
    assert vendor in vendors()
    assert connector(vendor).vendor == vendor


def test_an_unknown_vendor_is_answered_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match="there are zendesk, freshdesk, salesforce") as refusal:
        connector("helpbox")
    assert "'helpbox'" in refusal.value.what


def test_an_installed_package_brings_its_connector(installed: Path) -> None:
    assert vendors() == (*OWN, "alone", "helpbox", "misnamed", "unwell")
    assert connector("helpbox").vendor == "helpbox"


def test_a_package_cannot_take_our_names(installed: Path) -> None:
    assert type(connector("zendesk")).__module__ == "maitred.connectors.zendesk.connector"


def test_a_connector_that_cannot_be_imported_names_its_package(installed: Path) -> None:
    with pytest.raises(ConnectorBroken, match=r"unwell of helpbox cannot be imported \(no such thing\)"):
        connector("unwell")


def test_a_connector_under_another_name_is_refused(installed: Path) -> None:
    with pytest.raises(ConnectorBroken, match="let helpbox:CONNECTOR have vendor = 'misnamed'"):
        connector("misnamed")


@pytest.mark.parametrize("vendor", OWN)
def test_our_own_decoders_are_those_of_the_file_import(vendor: str) -> None:
    assert feeds(vendor) is VENDORS[vendor]
    assert decoder(vendor)(next(iter(feeds(vendor))), ["no object"]).bad[0].code == "bad_type"


def test_an_installed_package_brings_its_decoder(installed: Path) -> None:
    assert list(feeds("helpbox")) == ["boxes"]
    assert decoder("helpbox")("boxes", [{}, {}]).notices == ["2 boxes"]


def test_a_connector_without_a_decoder_says_what_it_lacks(installed: Path) -> None:
    with pytest.raises(ConnectorBroken, match="alone has no decoder: let it have feeds and decode"):
        decoder("alone")
