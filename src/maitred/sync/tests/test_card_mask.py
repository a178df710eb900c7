"""No card number ever reaches the workspace: not from any column, any form of file, a broken row, nor past a crash."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from maitred.sync.tests.support import change, comment, handmade, import_here, run_child, ticket
from maitred.sync.workspace import create

CARD = "4539578763621486"
SPACED = "4539 5787 6362 1486"
DASHED = "4539-5787-6362-1486"


def stored(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Everything the workspace holds, file by file, as plain bytes."""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        body = path.read_bytes()
        yield path, body
        if path.suffix == ".zst" or body[:4] == b"\x28\xb5\x2f\xfd":
            yield path, zstandard.ZstdDecompressor().decompressobj().decompress(body)
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
            for column in table.columns:
                if pa.types.is_string(column.type):
                    yield path, "\n".join(value or "" for value in column.to_pylist()).encode()


def leaks(home: Path) -> list[str]:
    """Files in which the number's digits follow each other, whatever stands between them."""
    digits = re.compile(rb"[ \-._]{0,2}".join(sign.encode() for sign in CARD))
    return [path.name for path, body in stored(home) if digits.search(body)]


def with_cards(folder: Path) -> Path:
    """Tables with a card number in every column that people write into, and in a row that cannot be read."""
    log = handmade(
        ticket=[
            ticket("1", subject=f"My card {CARD}"),
            ticket("2", created_at="2024-03-02 08:00:00"),
            *(ticket(str(k)) for k in range(3, 9)),
        ],
        ticket_comment=[
            comment("11", "1", body=f"I paid with {SPACED}, please check"),
            comment("12", "1", body=f"Visa: {DASHED}"),
            *(comment(str(k), "2") for k in range(20, 28)),
        ],
        ticket_field_history=[
            change("1", "subject", "2024-03-01 08:30:00", f"My card {CARD}"),
            change("1", "custom_note", "2024-03-01 08:40:00", SPACED),
        ],
        user=[
            {"id": "7", "role": "agent", "name": "Ada", "email": "ada@example.org"},
            {"id": "9", "role": "end-user", "name": f"Bo {SPACED}", "email": "bo@example.org"},
        ],
        organization=[{"id": "3", "name": f"Card {CARD} Ltd"}],
        ticket_tag=[{"ticket_id": "1", "tag": f"card {DASHED}"}],
    )
    log.write(folder)
    with (folder / "ticket_comment.csv").open("a", encoding="utf-8") as out:
        out.write(f"40,2,7,2024-03-01 09:00:00,TRUE,card {SPACED},one cell too many\n")
    return folder


def with_objects(folder: Path) -> Path:
    """Zendesk API objects with card numbers, one of them in a line that is no JSON."""
    folder.mkdir()
    one = {
        "id": 1, "status": "open", "via": {"channel": "email"}, "requester_id": 9, "subject": f"Card {CARD}",
        "created_at": "2024-03-01T08:00:00Z", "updated_at": "2024-03-01T09:00:00Z", "generated_timestamp": 1709283600,
        "tags": [], "custom_fields": [{"id": 5, "value": SPACED}], "description": f"paid with {DASHED}",
    }  # fmt: skip
    rest = [
        {**one, "id": number, "subject": "Parcel", "custom_fields": [], "description": ""} for number in range(2, 9)
    ]
    lines = [json.dumps(entry) for entry in (one, *rest)]
    (folder / "tickets.jsonl").write_text("\n".join([*lines, f'{{"id": 99, "subject": "{SPACED}', ""]))
    return folder


def test_the_scan_finds_a_number_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "page.zst").write_bytes(zstandard.compress(SPACED.encode()))
    pq.write_table(pa.table({"body": [f"card {DASHED}"]}), tmp_path / "part.parquet", compression="zstd")
    assert set(leaks(tmp_path)) == {"page.zst", "part.parquet"}


def test_no_card_number_of_a_table_folder_reaches_the_workspace(tmp_path: Path) -> None:
    report = import_here(tmp_path / "home", with_cards(tmp_path / "in"))
    assert {file.file: file.quarantined for file in report.files}["ticket_comment.csv"] == 1
    assert report.tickets == 8
    assert leaks(tmp_path / "home") == []


def test_no_card_number_of_api_objects_reaches_the_workspace(tmp_path: Path) -> None:
    report = import_here(tmp_path / "home", with_objects(tmp_path / "in"), kind="zendesk")
    assert (report.tickets, report.files[0].quarantined) == (8, 1)
    assert leaks(tmp_path / "home") == []


@pytest.mark.parametrize(
    "fault",
    [
        "land.rename:1",
        *(
            pytest.param(one, marks=pytest.mark.slow)
            for one in ("land.write:2", "land.rename:4", "ledger.commit:3", "load.decode:4")
        ),
    ],
)
def test_no_card_number_is_left_behind_by_a_crash_while_landing(tmp_path: Path, fault: str) -> None:
    create(tmp_path / "home")
    done = run_child(tmp_path / "home", "import", "fivetran-zendesk", with_cards(tmp_path / "in"), fault=fault)
    assert done.returncode == 137
    assert leaks(tmp_path / "home") == []
    assert not re.search(r"\d{13}", done.stdout + done.stderr)


def test_a_second_import_of_the_same_cards_lands_nothing_new(tmp_path: Path) -> None:
    import_here(tmp_path / "home", with_cards(tmp_path / "in"))
    report = import_here(tmp_path / "home", tmp_path / "in")
    assert [file.loaded for file in report.files] == [0] * len(report.files)
    assert leaks(tmp_path / "home") == []


@pytest.mark.parametrize("name", ["ticket.csv", pytest.param("user.csv", marks=pytest.mark.slow)])
def test_a_refusal_does_not_repeat_a_card_number(tmp_path: Path, name: str) -> None:
    folder = with_cards(tmp_path / "in")
    path = folder / name
    path.write_text(path.read_text().replace("id,", f"card {CARD},", 1))
    create(tmp_path / "home")
    done = run_child(tmp_path / "home", "import", "fivetran-zendesk", folder)
    assert done.returncode == 1
    assert CARD not in done.stdout + done.stderr
