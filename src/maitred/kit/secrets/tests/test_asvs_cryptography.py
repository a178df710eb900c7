"""What cryptography is made of here: long keys, fresh nonces, slow digests of passwords, and nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from maitred.base.errors import UsageError
from maitred.kit.backup import sealed
from maitred.kit.secrets.keyring import Keyring, Purpose
from maitred.kit.secrets.sealing import SealBroken, Secret, place, seal, unseal
from maitred.site import settings as product

AT = place("t", 1, "c")


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    found = Keyring(tmp_path_factory.mktemp("ring") / "keys")
    found.create()
    return found


def test_every_key_has_256_bits_and_no_two_purposes_share_one(ring: Keyring) -> None:
    keys = [ring.current(purpose).material for purpose in Purpose]
    assert {len(one) * 8 for one in keys} == {256}
    assert len(set(keys)) == len(Purpose)


def test_no_nonce_comes_twice_and_equal_texts_are_sealed_differently(ring: Keyring) -> None:
    values = [seal(ring, Secret("the same"), AT) for _ in range(2000)]
    nonces = {one.split("|")[2] for one in values}
    assert len(nonces) == len(values) == len({one.split("|")[3] for one in values})
    assert {len(one) for one in nonces} == {16}


def test_a_sealed_value_that_was_changed_anywhere_does_not_open(ring: Keyring) -> None:
    whole = seal(ring, Secret("account 4711"), AT)
    form, key, nonce, content = whole.split("|")
    for index in range(0, len(content) - 2, 3):
        other = "A" if content[index] != "A" else "B"
        with pytest.raises(SealBroken):
            unseal(ring, "|".join((form, key, nonce, content[:index] + other + content[index + 1 :])), AT)
    with pytest.raises(SealBroken):
        unseal(ring, "|".join(("v0", key, nonce, content)), AT)
    assert unseal(ring, whole, AT).value == "account 4711"


def test_the_key_of_an_archive_is_stretched_from_its_secret() -> None:
    first, second = (sealed.key_from("a secret of some length", salt * 16) for salt in (b"a", b"b"))
    assert len(first) * 8 == 256 and first != second
    with pytest.raises(UsageError):
        sealed.key_from("x" * 15, b"a" * 16)
    source = Path(sealed.__file__).read_text(encoding="utf-8")
    assert "n=1 << 15, r=8, p=1" in source


def test_the_key_of_heads_signs_with_ed25519(ring: Keyring) -> None:
    key = Ed25519PrivateKey.from_private_bytes(ring.current(Purpose.HEADS).material)
    signature = key.sign(b"head")
    key.public_key().verify(signature, b"head")
    assert len(signature) == 64


def test_passwords_are_stretched_at_least_six_hundred_thousand_times() -> None:
    assert not hasattr(product, "PASSWORD_HASHERS")  # the tests alone name a faster one
    assert global_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert (PBKDF2PasswordHasher.algorithm, PBKDF2PasswordHasher.iterations >= 600_000) == ("pbkdf2_sha256", True)
    slow = PBKDF2PasswordHasher()
    kept = make_password("correct-horse-7-staple", hasher=slow)
    salt = kept.split("$")[2]
    assert math.log2(62) * len(salt) >= 128
    assert slow.verify("correct-horse-7-staple", kept) and not slow.verify("correct-horse-7-Staple", kept)
