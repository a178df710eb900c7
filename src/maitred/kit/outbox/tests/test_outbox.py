"""What goes out, within one process: posted, sealed, sent, refused, repeated, decided about."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError
from maitred.kit.access.actor import Actor, Kind, Role, operator
from maitred.kit.audit.deeds import deed
from maitred.kit.audit.models import AuditRow
from maitred.kit.jobs import leases
from maitred.kit.jobs.models import Lease
from maitred.kit.outbox import channels, contents, health, jobs, sending
from maitred.kit.outbox.channels import Channel, Fate, Letter, Outcome
from maitred.kit.outbox.models import Content, Effect
from maitred.kit.outbox.posting import Attachment, post_chat, post_mail, post_webhook
from maitred.kit.outbox.sending import MOST_ATTEMPTS, drain
from maitred.kit.outbox.tests.receivers import Host, MailServer, host, mail_server
from maitred.kit.safety.webhooks import Delivery, verify_standard
from maitred.kit.secrets import stored
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.rotation import COLUMNS
from maitred.kit.secrets.sealing import Secret, key_of, unseal
from maitred.kit.verbs import run

pytestmark = pytest.mark.django_db

OPERATOR = operator("tests")
AUDITOR = Actor(Kind.ACCOUNT, "account:8", account=8, roles=frozenset({Role.AUDITOR}))
AGENT = Actor(Kind.ACCOUNT, "account:7", account=7, roles=frozenset({Role.AGENT}))
SIGNING = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as found:
        use(found, settings)
        yield found


@pytest.fixture
def receiver(settings: Settings, db: None) -> Iterator[Host]:
    with host() as found:
        settings.MAITRED_HOSTS_ALLOWED = found.allowed
        keep(webhook=SIGNING, room=found.url)
        yield found


def use(server: MailServer, settings: Settings) -> None:
    settings.MAITRED_MAIL = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER, settings.DEFAULT_FROM_EMAIL = "", "Desk <desk@example.org>"


def keep(**secrets: str) -> None:
    with deed(OPERATOR, "tests.keep"):
        for name, value in secrets.items():
            stored.store(name, Secret(value))


def letter(**changed: Any) -> Effect:
    with deed(OPERATOR, "tests.post"):
        number = post_mail(**{"to": "ana@example.org", "subject": "Grüße", "text": "Ein Brief.", **changed})
    return Effect._base_manager.get(pk=number)


def webhook(url: str) -> Effect:
    with deed(OPERATOR, "tests.post"):
        number = post_webhook(url, "review.published", {"review": 7})
    return Effect._base_manager.get(pk=number)


def chat() -> Effect:
    with deed(OPERATOR, "tests.post"):
        number = post_chat("room", "Hello")
    return Effect._base_manager.get(pk=number)


def drained(effect: Effect) -> Effect:
    drain(leases.myself(), threading.Event())
    effect.refresh_from_db()
    return effect


def due_again(effect: Effect) -> None:
    Effect._base_manager.filter(pk=effect.pk).update(not_before=clock.now())


def test_a_letter_goes_out_with_its_text_first_and_a_name_made_of_its_key(server: MailServer) -> None:
    effect = drained(letter(html="<p>Ein Brief.</p>", attachments=[Attachment("chart.png", "image/png", PNG)], key="k"))
    assert (effect.state, effect.attempts, effect.provider_id, effect.last_error) == ("sent", 1, "AB12cd", "")
    (found,) = server.letters
    assert (found["To"], found["From"], found["Subject"]) == ("ana@example.org", "Desk <desk@example.org>", "Grüße")
    assert found["Message-ID"] == f"<{effect.key[:32]}@example.org>"
    kinds = [part.get_content_type() for part in found.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    assert server.envelopes[0][0].upper().startswith("MAIL FROM:<DESK@EXAMPLE.ORG>")


def test_a_letter_can_be_left_by_one_post(server: MailServer) -> None:
    drained(letter(unsubscribe="https://maitred.example.org/stop/abc"))
    assert server.letters[0]["List-Unsubscribe"] == "<https://maitred.example.org/stop/abc>"
    assert server.letters[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_letter_is_posted_within_a_deed_only_and_goes_with_it(server: MailServer) -> None:
    with pytest.raises(MaitredError, match="outside of a deed"):
        post_mail("ana@example.org", "s", "t")
    with pytest.raises(ZeroDivisionError), deed(OPERATOR, "tests.post"):
        post_mail("ana@example.org", "s", "t")
        raise ZeroDivisionError
    assert (Effect._base_manager.count(), Content._base_manager.count(), server.letters) == (0, 0, [])


@pytest.mark.parametrize(
    "wrong",
    [{"to": "ana"}, {"to": "ana@example.org\r\nBcc: bo@example.org"}, {"subject": "a\nBcc: bo@example.org"},
     {"to": "änna@example.org"}, {"unsubscribe": "https://x\r\nX: y"}, {"text": "x" * 9_000_000}, {"text": "\ud800"}],
)  # fmt: skip
def test_what_cannot_be_a_letter_is_refused_without_repeating_it(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        letter(**wrong)
    assert "bo@example.org" not in str(refused.value)


def test_nothing_of_a_letter_stands_readable_in_the_database() -> None:
    effect = letter(
        to="anastasia@example.org", subject="Canary-Subject", text="Canary-Text", key="to:anastasia@example.org"
    )
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in (one for one in tables if one.startswith(("outbox_", "audit_", "jobs_"))):
            cursor.execute(f"SELECT * FROM {table}")
            assert not any(word in str(cursor.fetchall()) for word in ("anastasia", "Canary", b"anastasia".hex()))
    assert contents.opened(effect) is not None
    assert len(AuditRow._base_manager.get(verb="tests.post").diff) < 1000


def test_the_same_key_is_the_same_letter(server: MailServer) -> None:
    first, second = letter(key="k"), letter(key="k")
    assert first.pk == second.pk
    drained(first), letter(key="k"), drained(first)
    assert len(server.letters) == 1


def test_a_letter_waits_where_no_mail_server_is_set_up_and_the_doctor_says_so(settings: Settings) -> None:
    settings.MAITRED_MAIL = False
    effect = drained(letter())
    assert (effect.state, effect.attempts) == ("waiting", 0)
    mail, undecided = health.checks()
    assert (mail.ok, undecided.ok) == (False, True)
    assert "no mail server is set up; 1 letters wait" in mail.detail


def test_a_password_never_goes_to_a_mail_server_in_the_clear(settings: Settings) -> None:
    settings.MAITRED_MAIL, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False, False
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "mail.example.org", "desk"
    assert drained(letter()).state == "waiting"
    assert "unencrypted" in health.checks()[0].detail
    settings.EMAIL_USE_TLS = True
    assert health.checks()[0].ok


def test_a_letter_can_be_cancelled_while_it_waits(server: MailServer) -> None:
    effect = drained(letter(delay=timedelta(seconds=60)))
    assert effect.state == "waiting"
    assert run("outbox.cancel", OPERATOR, {"effect": effect.pk, "version": 1}).state == "cancelled"
    due_again(effect)
    assert (drained(effect).state, server.letters) == ("cancelled", [])
    with pytest.raises(Conflict):
        run("outbox.cancel", OPERATOR, {"effect": effect.pk, "version": 2})


def test_a_letter_that_was_claimed_meanwhile_is_not_cancelled(server: MailServer) -> None:
    effect = drained(letter())
    with pytest.raises(Conflict, match="is sent"):
        run("outbox.cancel", OPERATOR, {"effect": effect.pk, "version": 1})
    assert effect.version == 3


@pytest.mark.parametrize(("command", "reply"), [("RCPT", "451 later"), ("MAIL", "421 busy"), ("text", "452 full")])
def test_a_letter_that_the_server_cannot_take_now_is_tried_later(server: MailServer, command: str, reply: str) -> None:
    server.replies[command] = reply
    effect = drained(letter())
    assert (effect.state, effect.last_error) == ("waiting", f"mail-{reply[:3]}")
    assert effect.not_before > clock.now() + timedelta(seconds=25)
    server.replies.clear()
    due_again(effect)
    assert (drained(effect).state, effect.attempts) == ("sent", 2)


@pytest.mark.parametrize(("command", "reply"), [("RCPT", "550 no such"), ("DATA", "554 no"), ("text", "550 spam")])
def test_a_letter_that_the_server_refuses_has_failed(server: MailServer, command: str, reply: str) -> None:
    server.replies[command] = reply
    effect = drained(letter())
    assert (effect.state, effect.last_error) == ("failed", f"mail-{reply[:3]}")


def test_a_letter_is_given_up_after_many_refusals_for_now(server: MailServer) -> None:
    server.replies["RCPT"] = "451 later"
    effect = letter()
    for _ in range(MOST_ATTEMPTS):
        assert effect.state == "waiting"
        due_again(effect)
        drained(effect)
    assert (effect.state, effect.attempts, effect.last_error) == ("failed", MOST_ATTEMPTS, "mail-451")


def test_a_server_that_is_away_is_tried_later(settings: Settings) -> None:
    with mail_server() as gone:
        use(gone, settings)
    effect = drained(letter())
    assert (effect.state, effect.last_error) == ("waiting", "mail-ConnectionRefusedError")


def test_no_password_and_no_letter_goes_to_a_server_without_encryption_where_it_is_asked_for(
    server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_USE_TLS = True
    effect = drained(letter())
    assert (effect.state, effect.last_error) == ("waiting", "mail-SMTPNotSupportedError")
    assert server.letters == []


def test_a_line_that_breaks_after_the_text_leaves_the_letter_to_a_person(server: MailServer) -> None:
    server.hang_up = True
    effect = drained(letter())
    assert (effect.state, len(server.letters)) == ("unknown", 1)
    assert not health.checks()[1].ok
    server.hang_up = False
    assert (drained(effect).state, len(server.letters)) == ("unknown", 1)
    reason = {"reason": "nothing came"}
    with pytest.raises(Conflict):
        run("outbox.resend", OPERATOR, {"effect": effect.pk, "version": 1, **reason})
    assert run("outbox.resend", OPERATOR, {"effect": effect.pk, "version": 3, **reason}).state == "waiting"
    assert (drained(effect).state, len(server.letters)) == ("sent", 2)
    assert len({one["Message-ID"] for one in server.letters}) == 1


def test_a_person_can_let_an_unknown_letter_be(server: MailServer) -> None:
    server.hang_up = True
    effect = drained(letter())
    shown = run("outbox.give_up", OPERATOR, {"effect": effect.pk, "version": 3, "reason": "told by telephone"})
    assert (shown.state, shown.last_error, shown.recipient) == ("failed", "given-up", "a•••@example.org")


def test_a_webhook_is_signed_for_its_receiver_and_keeps_its_id(receiver: Host) -> None:
    receiver.status = 503
    effect = drained(webhook(receiver.url))
    assert (effect.state, effect.last_error) == ("waiting", "http-503")
    receiver.status = 204
    due_again(effect)
    assert (drained(effect).state, len(receiver.calls), len(receiver.done)) == ("sent", 2, 1)
    for call in receiver.calls:
        assert isinstance(verify_standard(call.body, call.headers, [SIGNING], clock.now()), Delivery)
    assert json.loads(receiver.calls[0].body)["data"] == {"review": 7}
    assert receiver.calls[0].body == receiver.calls[1].body


def test_a_webhook_whose_answer_is_lost_is_called_again_since_the_receiver_drops_repeats(receiver: Host) -> None:
    receiver.hang_up = True
    effect = drained(webhook(receiver.url))
    assert (effect.state, effect.last_error) == ("waiting", "RemoteProtocolError")
    receiver.hang_up = False
    due_again(effect)
    assert (drained(effect).state, len(receiver.done)) == ("sent", 1)


def test_a_webhook_is_refused_where_its_host_may_not_be_met(receiver: Host, settings: Settings) -> None:
    settings.MAITRED_HOSTS_ALLOWED = []
    effect = drained(webhook(receiver.url.replace("http:", "https:")))
    assert (effect.state, receiver.calls) == ("failed", [])
    assert effect.last_error.startswith("address-")


@pytest.mark.parametrize(("status", "state"), [(404, "failed"), (410, "failed"), (302, "failed"), (429, "waiting")])
def test_a_webhook_follows_what_the_receiver_says(receiver: Host, status: int, state: str) -> None:
    receiver.status = status
    receiver.headers["Retry-After"] = "900"
    effect = drained(webhook(receiver.url))
    assert effect.state == state
    assert (effect.not_before > clock.now() + timedelta(seconds=890)) == (status == 429)


def test_a_webhook_without_its_secret_waits_and_does_not_count_attempts(receiver: Host) -> None:
    with deed(OPERATOR, "tests.forget"):
        stored.forget("webhook")
    effect = drained(webhook(receiver.url))
    assert (effect.state, effect.attempts, effect.last_error, receiver.calls) == ("waiting", 0, "not-configured", [])


def test_a_chat_message_whose_answer_is_lost_is_left_to_a_person(receiver: Host) -> None:
    effect = drained(chat())
    assert (effect.state, json.loads(receiver.calls[0].body)) == ("sent", {"text": "Hello"})
    receiver.hang_up = True
    assert drained(chat()).state == "unknown"


def test_a_channel_that_can_be_asked_is_asked_about_what_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"there": None}
    unsure = Channel(
        send=lambda _: Outcome(Fate.UNKNOWN, "lost"),
        repeatable=False,
        ready=lambda: True,
        ask=lambda _: answers["there"],
    )
    monkeypatch.setitem(channels._CHANNELS, "desk", unsure)
    made = letter()
    Effect._base_manager.filter(pk=made.pk).update(kind="desk")
    assert drained(made).state == "unknown"
    assert drained(made).state == "unknown"
    answers["there"] = True  # type: ignore[assignment]
    assert (drained(made).state, made.sent_at is not None) == ("sent", True)


def test_whatever_a_channel_stumbles_over_is_not_repeated_blindly(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: Letter) -> Outcome:
        raise KeyError("ana@example.org")

    monkeypatch.setitem(channels._CHANNELS, "desk", Channel(stumble, repeatable=False, ready=lambda: True))
    made = letter()
    Effect._base_manager.filter(pk=made.pk).update(kind="desk")
    assert (drained(made).state, made.last_error) == ("unknown", "unexpected-KeyError")


def test_a_sender_that_comes_too_late_meets_nobody(server: MailServer) -> None:
    effect = letter()
    claimed = sending._claimed("elsewhere/-/1/1")
    assert claimed is not None
    Lease._base_manager.update(expires_at=clock.now())
    sending._send(claimed)
    assert server.letters == []
    assert drained(effect).state == "unknown"


def test_a_sender_that_was_given_up_for_lost_and_did_send_says_so(server: MailServer) -> None:
    effect = letter()
    claimed = sending._claimed("elsewhere/-/1/1")
    assert claimed is not None
    Lease._base_manager.update(expires_at=clock.now())
    assert drained(effect).state == "unknown"
    sending._settle(claimed, channels.channels()["mail"], Outcome(Fate.SENT))
    effect.refresh_from_db()
    assert (effect.state, server.letters) == ("sent", [])


def test_the_outbox_is_listed_with_masked_recipients(receiver: Host) -> None:
    letter(), webhook(receiver.url), chat()
    page = run("outbox.list", AUDITOR, {"state": "waiting"})
    assert [one.recipient for one in page.items] == ["a•••@example.org", "localhost", "room"]
    assert run("outbox.list", AUDITOR, {"state": "sent"}).items == ()
    with pytest.raises(Denied):
        run("outbox.list", AGENT, {})
    with pytest.raises(Denied):
        run("outbox.cancel", AUDITOR, {"effect": page.items[0].id, "version": 1})


def test_what_waits_in_a_restored_backup_is_not_sent_blindly(server: MailServer, receiver: Host) -> None:
    mail, call = letter(), webhook(receiver.url)
    assert sending.doubt() == 1
    assert (drained(mail).state, mail.last_error, server.letters) == ("unknown", "restored", [])
    assert drained(call).state == "sent"


def test_old_content_is_removed_and_the_row_stays(server: MailServer) -> None:
    sent, waits = drained(letter()), letter(delay=timedelta(days=60))
    assert jobs.clean(clock.now()) == 0
    assert jobs.clean(clock.now() + jobs.KEEP + timedelta(hours=1)) == 1
    assert (contents.opened(sent), contents.opened(waits) is not None) == (None, True)
    assert [one.recipient for one in run("outbox.list", OPERATOR, {}).items] == ["(removed)", "a•••@example.org"]


def test_what_went_to_somebody_is_forgotten_with_them(server: MailServer) -> None:
    drained(letter())
    waits, other = letter(to=" Ana@Example.org "), letter(to="bo@example.org")
    assert contents.forget("ana@example.org") == 2
    waits.refresh_from_db()
    assert (waits.state, contents.opened(other) is not None) == ("cancelled", True)
    assert (drained(other).state, len(server.letters)) == ("sent", 2)


def test_content_that_was_tampered_with_is_not_sent_and_stops_nobody(server: MailServer) -> None:
    broken, other = letter(), letter(to="bo@example.org")
    sealed = Content._base_manager.get(pk=other.pk).sealed
    Content._base_manager.filter(pk=broken.pk).update(sealed=sealed)
    assert (drained(broken).state, broken.last_error) == ("waiting", "seal-broken")
    assert [one["To"] for one in server.letters] == ["bo@example.org"]
    assert run("outbox.list", OPERATOR, {"state": "waiting"}).items[0].recipient == "(unreadable)"


def test_a_list_of_private_hosts_that_does_not_read_lets_calls_wait(receiver: Host, settings: Settings) -> None:
    settings.MAITRED_HOSTS_ALLOWED = [{"host": "localhost", "network": "8.8.8.0/24"}]
    effect = drained(webhook(receiver.url))
    assert (effect.state, effect.last_error, receiver.calls) == ("waiting", "not-configured", [])


def test_a_rotation_of_keys_finds_what_letters_carry(settings: Settings) -> None:
    effect = letter()
    (column,) = [one for one in COLUMNS if one.model == "outbox.Content"]
    key = key_of(Content._base_manager.get(pk=effect.pk).sealed)
    (row,) = column.rows(key)
    assert unseal(keyring(), row.sealed, column.at(row)).value.startswith("{")


def test_a_letter_whose_content_is_gone_has_failed(server: MailServer) -> None:
    effect = letter()
    Content._base_manager.filter(pk=effect.pk).delete()
    assert (drained(effect).state, effect.last_error) == ("failed", "content-removed")
