"""Deliveries that are genuine, forged, late, early, repeated, or signed with yesterday's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.kit.safety.webhooks import (
    MOST_BYTES,
    WINDOW,
    Delivery,
    Refusal,
    verify_shared_secret,
    verify_standard,
    verify_zendesk,
)

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BODY = '{"type":"zen:event-type:ticket.status_changed","detail":{"id":"17"},"ü":1}'.encode()
OLD, NEW, OTHER = "old-secret-of-the-hook", "new-secret-of-the-hook", "somebody-elses-secret"
WHSEC = "whsec_" + base64.b64encode(b"standard-secret-24-bytes").decode()
WHSEC_NEW = "whsec_" + base64.b64encode(b"another-secret-24-bytes!").decode()


def mac(key: bytes, *parts: bytes) -> str:
    return base64.b64encode(hmac.new(key, b"".join(parts), hashlib.sha256).digest()).decode()


def zendesk(body: bytes = BODY, secret: str = NEW, at: datetime = NOW, invocation: str = "01J") -> dict[str, str]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "X-Zendesk-Webhook-Signature": mac(secret.encode(), stamp.encode(), body),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "X-Zendesk-Webhook-Invocation-Id": invocation,
    }


def standard(body: bytes = BODY, secret: str = WHSEC, at: datetime = NOW, name: str = "msg_2KW") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{mac(key, f'{name}.{stamp}.'.encode(), body)}",
    }


def shared(body: bytes = BODY, secret: str = NEW) -> dict[str, str]:
    return {"X-Maitred-Secret": secret}


SCHEMES = {
    "zendesk": (verify_zendesk, zendesk, [NEW, OLD]),
    "standard": (verify_standard, standard, [WHSEC, WHSEC_NEW]),
    "shared": (verify_shared_secret, shared, [NEW, OLD]),
}
Verify = Callable[..., Delivery | Refusal]
each_scheme = pytest.mark.parametrize(("verify", "headers", "secrets"), SCHEMES.values(), ids=SCHEMES.keys())
each_signed_scheme = pytest.mark.parametrize(
    ("verify", "headers", "secrets"), [SCHEMES["zendesk"], SCHEMES["standard"]], ids=["zendesk", "standard"]
)
Headers = Callable[..., dict[str, str]]


def test_the_hmac_is_the_one_that_was_worked_out_by_hand() -> None:
    """Vectors made with ``openssl dgst -sha256 -hmac`` for both orders."""
    stamp, body = b"2026-05-04T12:00:00Z", b'{"id":1}'
    current, legacy = mac(b"key", stamp, body), mac(b"key", body, stamp)
    assert current == "5SgzeF9Nu+nihmHQF0H9rf3O5HHdtFM8nNn1mmwq73w="
    assert legacy == "y54dJKyW1+s9o9VBMJrVKs9XDBYFgGbn1BXCiT7K8O4="
    headers = {
        "X-Zendesk-Webhook-Signature": current,
        "X-Zendesk-Webhook-Signature-Timestamp": stamp.decode(),
    }
    assert isinstance(verify_zendesk(body, headers, ["key"], NOW), Delivery)
    headers["X-Zendesk-Webhook-Signature"] = legacy
    assert verify_zendesk(body, headers, ["key"], NOW) == Refusal("legacy-order")


@each_scheme
def test_a_genuine_delivery_is_believed(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    told = verify(BODY, headers(), secrets, NOW)
    assert isinstance(told, Delivery)
    assert len(told.replay_key) == 64
    assert told.sent_at in (NOW, None)


@each_scheme
def test_both_secrets_hold_while_they_change(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    for secret in secrets:
        assert isinstance(verify(BODY, headers(secret=secret), secrets, NOW), Delivery)
        assert isinstance(verify(BODY, headers(secret=secret), secrets[::-1], NOW), Delivery)
        assert verify(BODY, headers(secret=secret), [s for s in secrets if s != secret], NOW) == Refusal("signature")


@each_scheme
def test_the_names_of_headers_have_no_case(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    for form in (str.lower, str.upper):
        told = {form(name): value for name, value in headers().items()}
        assert isinstance(verify(BODY, told, secrets, NOW), Delivery)


@each_signed_scheme
def test_a_body_that_was_changed_is_refused(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    for body in (BODY + b" ", BODY[:-1], b"", BODY.replace(b"17", b"18"), BODY.decode().encode("utf-16")):
        assert verify(body, headers(), secrets, NOW) == Refusal("signature")


@each_signed_scheme
@pytest.mark.parametrize("skew", [timedelta(0), WINDOW, -WINDOW, WINDOW - timedelta(seconds=1)])
def test_a_delivery_within_the_window_is_believed(
    verify: Verify, headers: Headers, secrets: list[str], skew: timedelta
) -> None:
    assert isinstance(verify(BODY, headers(at=NOW - skew), secrets, NOW), Delivery)


@each_signed_scheme
@pytest.mark.parametrize("skew", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1), timedelta(days=900)])
def test_a_delivery_outside_the_window_is_refused(
    verify: Verify, headers: Headers, secrets: list[str], skew: timedelta
) -> None:
    assert verify(BODY, headers(at=NOW - skew), secrets, NOW) == Refusal("outside-window")


@each_signed_scheme
def test_an_old_delivery_with_a_fresh_time_is_a_forgery(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    old, fresh = headers(at=NOW - timedelta(hours=1)), headers()
    forged = {name: fresh[name] if "imestamp" in name else value for name, value in old.items()}
    assert verify(BODY, forged, secrets, NOW) == Refusal("signature")


@each_scheme
def test_a_replayed_delivery_has_the_key_of_the_first(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    keys = set()
    for secret in secrets:
        told = verify(BODY, headers(secret=secret), secrets, NOW + timedelta(seconds=30))
        assert isinstance(told, Delivery)
        keys.add(told.replay_key)
    assert len(keys) == 1


def test_a_replay_cannot_take_a_fresh_key_by_changing_what_is_not_signed() -> None:
    first, again = (verify_zendesk(BODY, zendesk(invocation=name), [NEW], NOW) for name in ("01J", "02K"))
    assert first == again and isinstance(first, Delivery)


def test_two_deliveries_have_two_keys() -> None:
    told = [
        verify_zendesk(BODY, zendesk(), [NEW], NOW),
        verify_zendesk(BODY, zendesk(at=NOW - timedelta(seconds=1)), [NEW], NOW),
        verify_zendesk(b"{}", zendesk(b"{}"), [NEW], NOW),
        verify_standard(BODY, standard(), [WHSEC], NOW),
        verify_standard(BODY, standard(name="msg_3"), [WHSEC], NOW),
        verify_shared_secret(BODY, shared(), [NEW], NOW),
        verify_shared_secret(b"{}", shared(), [NEW], NOW),
        verify_shared_secret(BODY, shared(), [NEW], NOW + timedelta(minutes=1)),
    ]
    assert len({one.replay_key for one in told if isinstance(one, Delivery)}) == len(told)


@each_scheme
def test_a_header_that_is_missing_or_empty_is_refused(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    full = headers()
    needed = [name for name in full if "Invocation" not in name]
    for name in needed:
        assert verify(BODY, {k: v for k, v in full.items() if k != name}, secrets, NOW) == Refusal("missing-header")
        assert verify(BODY, {**full, name: " "}, secrets, NOW) == Refusal("missing-header")
    assert verify(BODY, {}, secrets, NOW) == Refusal("missing-header")


@each_scheme
def test_without_a_secret_nothing_is_believed(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    for none in ([], [""], ["", ""]):
        assert verify(BODY, headers(), none, NOW) == Refusal("no-secret")


def test_an_empty_secret_beside_a_real_one_opens_nothing() -> None:
    assert verify_zendesk(BODY, zendesk(secret=""), [NEW, ""], NOW) == Refusal("signature")
    empty = {**standard(), "webhook-signature": f"v1,{mac(b'', b'msg_2KW.1.', BODY)}"}
    assert verify_standard(BODY, empty, [WHSEC, "whsec_"], NOW) == Refusal("signature")
    assert verify_standard(BODY, standard(), ["whsec_"], NOW) == Refusal("no-secret")
    assert verify_standard(BODY, standard(), ["whsec_not base64!"], NOW) == Refusal("no-secret")


@each_scheme
def test_a_body_beyond_the_bound_is_refused(verify: Verify, headers: Headers, secrets: list[str]) -> None:
    large = b"x" * (MOST_BYTES + 1)
    assert verify(large, headers(large), secrets, NOW) == Refusal("too-large")
    assert isinstance(verify(large[1:], headers(large[1:]), secrets, NOW), Delivery)


@pytest.mark.parametrize("stamp", ["2026-05-04T12:00:00", "yesterday", "1777896000", "2026-13-04T12:00:00Z", "é"])
def test_a_time_that_is_none_is_refused_even_when_signed(stamp: str) -> None:
    headers = {
        "X-Zendesk-Webhook-Signature": mac(NEW.encode(), stamp.encode(), BODY),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }
    assert verify_zendesk(BODY, headers, [NEW], NOW) == Refusal("malformed")


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("a.b", "1777896000"),
        ("", "1777896000"),
        ("a b", "1"),
        ("x" * 129, "1"),
        ("a", "-1"),
        ("a", "1.5"),
        ("a", "١"),
        ("a", "9" * 12),
    ],
)
def test_a_standard_id_or_time_of_another_form_is_refused(name: str, stamp: str) -> None:
    signature = mac(b"standard-secret-24-bytes", f"{name}.{stamp}.".encode(), BODY)
    headers = {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    assert isinstance(verify_standard(BODY, headers, [WHSEC], NOW), Refusal)


def test_one_of_several_standard_signatures_is_enough_but_only_of_the_first_version() -> None:
    good = standard()["webhook-signature"]
    some = {**standard(), "webhook-signature": f"v1a,AAAA v1,{'A' * 43}= {good}"}
    assert isinstance(verify_standard(BODY, some, [WHSEC], NOW), Delivery)
    for wrong in (good.replace("v1,", "v2,"), good.removeprefix("v1,"), "v1,", f"{'v1,x ' * 10}{good}"):
        assert verify_standard(BODY, {**standard(), "webhook-signature": wrong}, [WHSEC], NOW) == Refusal("signature")


def test_a_signature_that_only_decodes_alike_is_refused() -> None:
    good = zendesk()
    value = good["X-Zendesk-Webhook-Signature"]
    for other in (value.rstrip("="), value + "=", value.lower(), value + "é", value[:-2] + "B="):
        if other != value:
            assert verify_zendesk(BODY, {**good, "X-Zendesk-Webhook-Signature": other}, [NEW], NOW) == Refusal(
                "signature"
            )


def test_a_header_of_the_senders_choosing_can_hold_the_shared_secret() -> None:
    basic = "Basic " + base64.b64encode(b"hook:long-random-token").decode()
    told = verify_shared_secret(BODY, {"Authorization": basic}, [basic], NOW, header="authorization")
    assert isinstance(told, Delivery)
    assert verify_shared_secret(BODY, {"Authorization": basic[:-1]}, [basic], NOW, "authorization") == Refusal(
        "signature"
    )


@given(st.binary(max_size=40), st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_no_guess_is_believed(body: bytes, signature: str, stamp: str, name: str) -> None:
    headers = {
        "X-Zendesk-Webhook-Signature": signature,
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
        "X-Maitred-Secret": signature,
    }
    for verify in (verify_zendesk, verify_shared_secret, verify_standard):
        assert isinstance(verify(body, headers, [OTHER], NOW), Refusal)
