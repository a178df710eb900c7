"""An archive that is not what was written is refused by name, and nothing of it stays."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from maitred.base.errors import MaitredError, UsageError
from maitred.kit.backup import archive as archives
from maitred.kit.backup.archive import BackupDamaged
from maitred.kit.backup.restoring import restore
from maitred.kit.backup.tests.support import rest_of
from maitred.kit.secrets.keyring import Keyring

Members = dict[str, bytes]


def members_of(archive: Path) -> Members:
    plain = zstandard.ZstdDecompressor().stream_reader(archive.read_bytes()).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def packed(members: Members, target: Path, odd: tarfile.TarInfo | None = None) -> Path:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, body in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
            if odd is not None and name == archives.HEADER:
                tar.addfile(odd, io.BytesIO(b"x" * odd.size))
    target.write_bytes(zstandard.ZstdCompressor().compress(raw.getvalue()))
    return target


def told(members: Members, edit: Callable[[dict[str, object]], None]) -> Members:
    """The same archive with another manifest, properly proved by its own keys."""
    manifest = json.loads(members[archives.MANIFEST])
    edit(manifest)
    return {**members, archives.MANIFEST: json.dumps(manifest).encode()}


def proved(members: Members, folder: Path) -> Members:
    folder.mkdir()
    for name, body in members.items():
        if name.startswith("keys/"):
            (folder / Path(name).name).write_bytes(body)
    proof = archives.prove(Keyring(folder), members[archives.MANIFEST])
    return {**members, archives.PROOF: json.dumps(proof).encode()}


def refusal(archive: Path, folder: Path) -> MaitredError:
    """The refusal of a restore, after which nothing of it is left."""
    place = folder / "place"
    place.mkdir(exist_ok=True)
    with pytest.raises(MaitredError) as caught:
        restore(archive, place / "home")
    assert rest_of(place) == []
    assert caught.value.remedy
    return caught.value


def flipped(archive: Path, at: int, target: Path) -> Path:
    body = bytearray(archive.read_bytes())
    body[at] ^= 1 << (at % 8)
    target.write_bytes(bytes(body))
    return target


def flips_are_refused(archive: Path, folder: Path, times: int) -> int:
    size, passed = archive.stat().st_size, 0
    for number in range(times):
        damaged = flipped(archive, size * number // times, folder / "damaged")
        try:
            restore(damaged, folder / "home")
        except MaitredError:
            assert rest_of(folder) == ["damaged"]
            continue
        # A bit of the packing that carries nothing: what was unpacked is what was packed.
        assert members_of(damaged) == members_of(archive)
        shutil.rmtree(folder / "home")
        passed += 1
    return times - passed


def test_a_flipped_bit_anywhere_is_refused(archive: Path, tmp_path: Path) -> None:
    assert flips_are_refused(archive, tmp_path, 8) >= 7


@pytest.mark.slow
def test_flipped_bits_at_many_places_are_refused(archive: Path, tmp_path: Path) -> None:
    assert flips_are_refused(archive, tmp_path, 300) >= 297


def test_an_archive_that_is_cut_off_is_refused_wherever_it_ends(archive: Path, tmp_path: Path) -> None:
    body = archive.read_bytes()
    for part in range(4):
        (tmp_path / "cut").write_bytes(body[: len(body) * part // 4])
        assert isinstance(refusal(tmp_path / "cut", tmp_path), BackupDamaged)
    (tmp_path / "cut").write_bytes(body[:-1])
    assert isinstance(refusal(tmp_path / "cut", tmp_path), BackupDamaged)


def test_something_behind_the_end_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "longer").write_bytes(archive.read_bytes() + b"more")
    assert "damaged" in str(refusal(tmp_path / "longer", tmp_path))


def test_swapped_members_are_refused(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    left, right = [name for name in members if name.endswith(".parquet")][:2]
    members[left], members[right] = members[right], members[left]
    assert min(left, right) in str(refusal(packed(members, tmp_path / "swapped"), tmp_path))


def test_a_member_that_is_missing_is_named(archive: Path, tmp_path: Path) -> None:
    members = members_of(archive)
    members.pop("operations.db")
    assert "'operations.db' of the backup" in str(refusal(packed(members, tmp_path / "less"), tmp_path))


def test_an_edited_manifest_is_refused(archive: Path, tmp_path: Path) -> None:
    members = told(members_of(archive), lambda manifest: manifest.update(made_at="2020-01-01T00:00:00Z"))
    assert "edited" in str(refusal(packed(members, tmp_path / "edited"), tmp_path))


def test_a_table_that_does_not_hold_what_the_manifest_says_is_named(archive: Path, tmp_path: Path) -> None:
    def edit(manifest: dict[str, object]) -> None:
        manifest["tables"]["operations"]["people_person"]["hash"] = "0" * 64  # type: ignore[index]

    members = proved(told(members_of(archive), edit), tmp_path / "keys")
    assert "people_person" in str(refusal(packed(members, tmp_path / "edited"), tmp_path))


def test_a_warehouse_table_that_does_not_hold_what_the_manifest_says_is_named(archive: Path, tmp_path: Path) -> None:
    def edit(manifest: dict[str, object]) -> None:
        manifest["tables"]["warehouse"]["tickets"]["hash"] = "0" * 32  # type: ignore[index]

    members = proved(told(members_of(archive), edit), tmp_path / "keys")
    assert "table tickets" in str(refusal(packed(members, tmp_path / "edited"), tmp_path))


def test_keys_of_another_installation_are_refused(archive: Path, tmp_path: Path) -> None:
    Keyring(tmp_path / "other").create()
    with pytest.raises(MaitredError, match="another installation"):
        restore(archive, tmp_path / "home", keys=tmp_path / "other")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("product", "form", "said"), [("99.0.0", 1, "maitred 99.0.0"), ("99.0.0", 9, "newer program")])
def test_a_backup_of_a_newer_program_is_refused(
    archive: Path, tmp_path: Path, product: str, form: int, said: str
) -> None:
    members = told(members_of(archive), lambda manifest: manifest.update(product=product))
    header = {**json.loads(members[archives.HEADER]), "product": product, "format": form}
    members = proved({**members, archives.HEADER: json.dumps(header).encode()}, tmp_path / "keys")
    found = refusal(packed(members, tmp_path / "newer"), tmp_path)
    assert said in str(found) and "that version" in found.remedy


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../outside", "a/../../outside", "a\\b", "C:x", "a//b", "operations.db"]
)
def test_a_member_that_would_leave_the_folder_or_comes_twice_is_refused(
    archive: Path, tmp_path: Path, name: str
) -> None:
    odd = tarfile.TarInfo(name)
    odd.size = 3
    assert isinstance(refusal(packed(members_of(archive), tmp_path / "odd", odd), tmp_path), BackupDamaged)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_a_member_that_is_no_file_is_refused(archive: Path, tmp_path: Path, kind: bytes) -> None:
    odd = tarfile.TarInfo("odd")
    odd.type, odd.linkname = kind, "/etc/passwd"
    assert isinstance(refusal(packed(members_of(archive), tmp_path / "odd", odd), tmp_path), BackupDamaged)


def test_an_archive_larger_than_it_says_is_refused(archive: Path, tmp_path: Path) -> None:
    odd = tarfile.TarInfo("huge")
    odd.size = sum(map(len, members_of(archive).values()))
    assert "larger than it says" in str(refusal(packed(members_of(archive), tmp_path / "odd", odd), tmp_path))


@pytest.mark.parametrize("body", [b"", b"no archive", b"PK\x03\x04 a zip", b"\x28\xb5\x2f\xfd"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "other").write_bytes(body)
    assert isinstance(refusal(tmp_path / "other", tmp_path), BackupDamaged)


def test_another_archive_is_refused(tmp_path: Path) -> None:
    found = refusal(packed({"letter.txt": b"Dear all"}, tmp_path / "other"), tmp_path)
    assert "no backup of maitred" in str(found)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere" in str(refusal(tmp_path / "nowhere", tmp_path))


def test_a_place_that_holds_something_is_left_alone(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("Dear all")
    with pytest.raises(UsageError, match="not empty"):
        restore(archive, tmp_path / "full")
    assert rest_of(tmp_path) == ["full"] and rest_of(tmp_path / "full") == ["letter"]


def test_an_empty_folder_is_taken(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    restore(archive, tmp_path / "empty")
    assert "operations.db" in rest_of(tmp_path / "empty") and rest_of(tmp_path) == ["empty"]
