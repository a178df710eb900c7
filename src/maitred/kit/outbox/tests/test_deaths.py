"""A worker that dies between the labelled steps of a sending: nothing goes out twice where nobody can tell."""

from __future__ import annotations

import json

import pytest

from maitred.kit.jobs.tests.houses import KILLED, House
from maitred.kit.outbox.tests.receivers import host, mail_server

pytestmark = pytest.mark.slow

LETTER = {"to": "ana@example.org", "subject": "Hello", "text": "A letter."}
SIGNING = {"MAITRED_SECRET_WEBHOOK": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="}
STEPS = ("outbox.claim", "outbox.claimed", "outbox.sending", "outbox.sent")


def effect(house: House) -> tuple[str, int, str]:
    ((state, attempts, error),) = house.rows("SELECT state, attempts, last_error FROM outbox_effect")
    return state, attempts, error


@pytest.mark.parametrize("label", STEPS)
def test_a_letter_whose_sender_dies_is_never_sent_again_blindly(house: House, label: str) -> None:
    with mail_server() as server:
        (house.home / "maitred.json").write_text(json.dumps({"mail": server.entry}))
        number = house.post("mail", **LETTER)
        assert house.run("once", MAITRED_FAULT=f"{label}:1")[0] == KILLED
        died_with = len(server.letters)
        assert house.run("once")[0] == house.run("once")[0] == 0
        if label == "outbox.claim":  # not committed, so surely not sent
            assert (effect(house), len(server.letters)) == (("sent", 1, ""), 1)
            return
        assert effect(house) == ("unknown", 1, "worker-ended")
        assert len(server.letters) == died_with == (label == "outbox.sent")
        assert house.state("outbox_effect", number) == "unknown"


@pytest.mark.parametrize("label", STEPS)
def test_a_webhook_whose_sender_dies_is_called_again_and_counts_once(house: House, label: str) -> None:
    with host() as receiver:
        (house.home / "maitred.json").write_text(json.dumps({"hosts_allowed": receiver.allowed}))
        house.post("webhook", url=receiver.url, event="review.published", body={"review": 7})
        assert house.run("once", MAITRED_FAULT=f"{label}:1", **SIGNING)[0] == KILLED
        assert house.run("once", **SIGNING)[0] == 0
        assert effect(house)[0] == "sent"
        assert len(receiver.calls) == (2 if label == "outbox.sent" else 1)
        assert len(receiver.done) == 1


def test_a_death_while_the_end_is_settled_leaves_it_to_the_next(house: House) -> None:
    with mail_server() as server:
        (house.home / "maitred.json").write_text(json.dumps({"mail": server.entry}))
        house.post("mail", **LETTER)
        assert house.run("once", MAITRED_FAULT="outbox.sending:1")[0] == KILLED
        assert house.run("once", MAITRED_FAULT="outbox.recover:1")[0] == KILLED
        assert house.run("once")[0] == 0
        assert (effect(house), server.letters) == (("unknown", 1, "worker-ended"), [])


def test_two_workers_send_every_letter_once(house: House) -> None:
    with mail_server() as server:
        (house.home / "maitred.json").write_text(json.dumps({"mail": server.entry}))
        first, *more = [{**LETTER, "to": f"ana{number}@example.org"} for number in range(8)]
        house.post("mail", *more, **first)
        workers = [house.start("once"), house.start("once")]
        assert [one.wait(60) for one in workers] == [0, 0]
        assert sorted(letter["To"] for letter in server.letters) == [f"ana{number}@example.org" for number in range(8)]
        assert house.rows("SELECT DISTINCT state FROM outbox_effect") == [("sent",)]
