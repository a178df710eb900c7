"""Texts of the floor: the same whatever batch they are written in, exactly the behaviours asked for, many skeletons."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import fields
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from maitred.base.errors import Invalid
from maitred.floor.texts import (
    LANGUAGES,
    TOPICS,
    Behaviour,
    Intent,
    Role,
    Texts,
    Turns,
    emails,
    names,
    phrases_used,
    subjects,
    write,
)
from maitred.floor.texts.shared import SHARED

SLUGS = [words.slug for words in TOPICS]
WANTED = """
    billing/invoice billing/refund billing/payment_failed billing/plan_change orders/delivery_late
    orders/wrong_item orders/return orders/address_change account/login account/password_reset
    account/delete_data account/invite_user technical/app_crash technical/slow technical/integration
    technical/export technical/mobile product/how_to product/feature_request product/sso_setup
    technical/passkey_loop orders/parcel_locker billing/vat_number product/ai_summary
""".split()
HOSTILE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd{}|<\\[\\]]")
GOLDEN = "ed162a949a56b2d9"
"""Changes with the engine version only; the changelog says so."""
CUSTOMER_TURNS = (Intent.ASK, Intent.CHASE, Intent.DETAIL, Intent.THANKS, Intent.REOPEN, Intent.OUTAGE, Intent.LEAVING)
AGENT_TURNS = (Intent.ANSWER, Intent.SOLVE, Intent.NOTE, Intent.APOLOGY_DELAY, Intent.OUTAGE, Intent.ASK_CARD)


def turns(n: int, draw: int = 1, **fixed: int | NDArray[np.generic]) -> Turns:
    """Turns of every kind; a column named in ``fixed`` has that value, or those values."""
    rng = np.random.default_rng(draw)
    columns: dict[str, NDArray[np.generic]] = {
        "key": rng.integers(0, 2**63, n).astype(np.uint64),
        "ticket": rng.integers(1, 2**40, n),
        "topic": rng.integers(0, len(SLUGS), n).astype(np.int32),
        "role": rng.integers(0, 3, n).astype(np.int8),
        "intent": rng.integers(0, 12, n).astype(np.int8),
        "tone": rng.integers(-2, 3, n).astype(np.int8),
        "language": rng.integers(0, 4, n).astype(np.int8),
        "length": rng.integers(0, 3, n).astype(np.int8),
        "behaviours": rng.integers(0, 128, n).astype(np.uint8),
        "pii": np.where(rng.random(n) < 0.5, 0, rng.integers(0, 256, n)).astype(np.uint8),
        "customer": rng.integers(0, 10**6, n),
        "agent": rng.integers(-1, 300, n),
        "quoted": rng.random(n) < 0.2,
    }
    for name, value in fixed.items():
        columns[name] = np.broadcast_to(np.asarray(value, columns[name].dtype), (n,)).copy()
    return Turns(**columns)  # type: ignore[arg-type]


def taken(some: Turns, rows: NDArray[np.int64]) -> Turns:
    return Turns(**{entry.name: getattr(some, entry.name)[rows] for entry in fields(Turns)})


def bodies(some: Turns, seed: int = 3) -> list[str]:
    texts: list[str] = write(some, seed, SLUGS).bodies.to_pylist()
    return texts


def spans_by_message(texts: Texts, n: int) -> list[list[tuple[str, str]]]:
    written = texts.bodies.to_pylist()
    found: list[list[tuple[str, str]]] = [[] for _ in range(n)]
    for span in texts.spans.to_pylist():
        found[span["message"]].append((span["kind"], written[span["message"]][span["start"] : span["end"]]))
    return found


# ---------------------------------------------------------------- determinism


def test_the_same_turns_give_the_same_texts_and_another_seed_gives_others() -> None:
    some = turns(4000)
    first, second = write(some, 3, SLUGS), write(some, 3, SLUGS)
    assert first.bodies.equals(second.bodies)
    assert first.spans.equals(second.spans)
    assert first.promises.equals(second.promises)
    same = sum(a == b for a, b in zip(bodies(some, 3), bodies(some, 4), strict=True))
    assert same < 600  # two seeds may say the same short sentence


def test_a_message_does_not_depend_on_the_batch_it_is_written_in() -> None:
    some = turns(3000, 2)
    rows = np.random.default_rng(5).permutation(3000)
    whole = write(some, 3, SLUGS)
    written, spans = whole.bodies.to_pylist(), spans_by_message(whole, 3000)
    for part in np.array_split(rows, 7):
        again = write(taken(some, part), 3, SLUGS)
        assert again.bodies.to_pylist() == [written[row] for row in part]
        assert spans_by_message(again, len(part)) == [spans[row] for row in part]


def test_the_order_in_which_a_world_names_its_topics_does_not_matter() -> None:
    some = turns(500)
    turned = SLUGS[::-1]
    moved = taken(some, np.arange(500))
    moved.topic[:] = len(SLUGS) - 1 - some.topic
    assert write(moved, 3, turned).bodies.to_pylist() == bodies(some)


def test_the_texts_are_those_of_this_version() -> None:
    digest = hashlib.sha256("\0".join(bodies(turns(2000, 7))).encode()).hexdigest()
    assert digest[:16] == GOLDEN


# ---------------------------------------------------------------- what is written


def test_every_topic_that_worlds_use_has_texts() -> None:
    assert set(WANTED) <= set(SLUGS)
    assert len(set(SLUGS)) == len(SLUGS)
    assert all(set(words.words) == set(LANGUAGES) for words in TOPICS)


def test_no_message_is_empty_and_none_holds_hostile_signs_or_marks_left_over() -> None:
    written = bodies(turns(40_000, 3))
    assert min(map(len, written)) >= 8
    assert not [text for text in written if HOSTILE.search(text) or text != text.strip() or "  " in text]
    topic, tongue = np.divmod(np.arange(len(SLUGS) * 4), 4)
    for draw in range(20):
        lines = subjects(topic, np.arange(len(topic)) + 1000 * draw, tongue).to_pylist()
        assert not [line for line in lines if HOSTILE.search(line) or "\n" in line or not 4 < len(line) < 100]


@pytest.mark.parametrize("language", range(len(LANGUAGES)), ids=LANGUAGES)
@pytest.mark.parametrize(
    ("role", "intents"), [(Role.CUSTOMER, CUSTOMER_TURNS), (Role.AGENT, AGENT_TURNS)], ids=["customer", "agent"]
)
def test_each_topic_and_turn_has_twelve_skeletons_without_moods_data_or_behaviours(
    language: int, role: Role, intents: tuple[Intent, ...]
) -> None:
    each = 80
    topic, intent, _ = (
        grid.ravel() for grid in np.meshgrid(np.arange(len(SLUGS)), np.array(intents), np.arange(each), indexing="ij")
    )
    some = turns(
        len(topic), 4, topic=topic, intent=intent, role=role, language=language, tone=0, pii=0, behaviours=0, quoted=0
    )
    used = phrases_used(some, 3, SLUGS)
    few = {}
    for at in range(0, len(used), each):
        distinct = len(set(used[at : at + each]))
        if distinct < 12:
            few[SLUGS[topic[at]], Intent(intent[at]).name] = distinct
    assert not few


def test_longer_turns_are_longer() -> None:
    plain = [turns(3000, 5, length=length, pii=0, behaviours=0, quoted=0) for length in range(3)]
    means = [np.mean([len(text) for text in bodies(some)]) for some in plain]
    assert means[0] * 1.4 < means[1]
    assert means[1] * 1.4 < means[2]


def test_a_mood_adds_one_phrase_and_only_customers_have_moods() -> None:
    calm = turns(2000, 6, role=Role.CUSTOMER, pii=1, tone=0)
    furious = turns(2000, 6, role=Role.CUSTOMER, pii=1, tone=-2)
    longer = [
        len(after) - len(before)
        for before, after in zip(phrases_used(calm, 3, SLUGS), phrases_used(furious, 3, SLUGS), strict=True)
    ]
    assert set(longer) == {1}
    agents = [turns(500, 6, role=Role.AGENT, tone=tone, behaviours=0) for tone in (-2, 0, 2)]
    assert bodies(agents[0]) == bodies(agents[1]) == bodies(agents[2])


def test_half_of_the_customers_make_no_slips_and_some_make_many() -> None:
    some = turns(300, 8, role=Role.CUSTOMER, pii=0)
    written = []
    for customer in range(40):
        some.customer[:] = customer
        written.append(bodies(some))
    clean = max(written, key=written.count)
    slips = [sum(text != right for text, right in zip(texts, clean, strict=True)) / 300 for texts in written]
    assert 10 <= slips.count(0) <= 30
    assert 2 <= sum(share > 0.25 for share in slips) <= 20
    assert all(abs(len(a) - len(b)) < 9 for texts in written for a, b in zip(texts, clean, strict=True))


def test_quoted_history_repeats_what_the_ticket_began_with() -> None:
    asked = turns(800, 9, role=Role.CUSTOMER, intent=Intent.ASK, pii=0, quoted=0)
    answered = turns(800, 10, role=Role.AGENT, intent=Intent.ANSWER, pii=0, quoted=1, length=2)
    for name in ("ticket", "topic", "language", "customer"):
        getattr(answered, name)[:] = getattr(asked, name)
    for question, answer in zip(bodies(asked), bodies(answered), strict=True):
        quoted = [line.removeprefix("> ") for line in answer.splitlines() if line.startswith("> ")]
        assert len(quoted) == 1
        assert quoted[0] in question


def test_a_subject_names_the_numbers_that_the_messages_name() -> None:
    invoice = SLUGS.index("billing/invoice")
    some = turns(400, 11, topic=invoice, role=0, intent=Intent.ASK, language=0, length=0, pii=0, tone=0, quoted=0)
    lines = subjects(some.topic, some.ticket, some.language, seed=3).to_pylist()
    both = [
        (subject[0], body[0])
        for line, text in zip(lines, bodies(some), strict=True)
        if (subject := re.findall(r"INV-\d+", line)) and (body := re.findall(r"INV-\d+", text))
    ]
    assert len(both) > 10
    assert all(subject == body for subject, body in both)


def test_forwarded_mail_automatic_replies_disclaimers_and_devices_occur() -> None:
    written = "\n".join(bodies(turns(20_000, 12, role=0, language=0, pii=0)))
    for sign in ("Forwarded message", "Automatic reply", "confidential information", "Sent from my phone", "\n> "):
        assert written.count(sign) > 10


# ---------------------------------------------------------------- behaviours


@cache
def shown_by(bit: Behaviour, language: str) -> re.Pattern[str]:
    """What the catalogue itself says for a behaviour."""
    shared = SHARED[language]
    texts = {
        Behaviour.GREETING: shared.greeting,
        Behaviour.ACKNOWLEDGED: shared.acknowledged + shared.acknowledged_upset,
        Behaviour.APOLOGY: shared.apology + shared.apology_delay,
        Behaviour.OWNERSHIP: shared.ownership,
        Behaviour.NEXT_STEP: shared.next_step + tuple(text for words in TOPICS for text in words.words[language].step),
        Behaviour.TIME_PROMISE: shared.time_promise,
        Behaviour.CLOSING: shared.closing,
    }[bit]
    return re.compile("|".join(rf"(?<!\w){pattern(text)}" for text in texts))


def pattern(text: str) -> str:
    filled = re.sub(r"\\{\w+\\}", "[^\n]{1,90}?", re.escape(text))
    return re.sub(r"\\\[(.+?)\\\]", lambda found: f"(?:{found[1]})".replace(r"\|", "|"), filled)


@pytest.mark.parametrize("language", range(len(LANGUAGES)), ids=LANGUAGES)
def test_an_agent_shows_exactly_the_behaviours_of_the_bits(language: int) -> None:
    some = turns(2000, 13, language=language, role=np.random.default_rng(1).integers(1, 3, 2000))
    wrong = []
    for text, bits, intent in zip(bodies(some), some.behaviours, some.intent, strict=True):
        tongue = "en" if intent == Intent.NOTE else LANGUAGES[language]
        shown = sum(bit for bit in Behaviour if shown_by(bit, tongue).search(text))
        if shown != bits:
            wrong.append((Behaviour(int(shown ^ bits)), text))
    assert wrong == []


KEYWORDS = {
    Behaviour.GREETING: r"^(Hello|Hi|Dear|Good day|Welcome back)\b",
    Behaviour.APOLOGY: r"(?i)\b(sorry|apologi[sz]e|apologies)\b",
    Behaviour.OWNERSHIP: r"\b(I will|I have|I am staying|mine)\b",
    Behaviour.NEXT_STEP: r"(?i)\bnext(,| step| is|:)|happens next",
    Behaviour.TIME_PROMISE: r"(?i)\b(in|within|than) (\w+) (minutes|hours?|days)\b",
    Behaviour.CLOSING: r"(regards|wishes|Have a good day|All the best)",
}


def test_english_readers_find_the_same_behaviours_by_their_own_words() -> None:
    some = turns(6000, 14, language=0, role=Role.AGENT, quoted=0)
    for bit, keyword in KEYWORDS.items():
        found = np.array([bool(re.search(keyword, text)) for text in bodies(some)])
        assert (found == (some.behaviours & bit > 0)).all(), bit


def test_a_promised_time_is_the_one_in_the_text() -> None:
    some = turns(5000, 15, role=Role.AGENT)
    texts = write(some, 3, SLUGS)
    promised = {row["message"]: row["due_in_s"] for row in texts.promises.to_pylist()}
    assert set(promised) == set(np.flatnonzero(some.behaviours & Behaviour.TIME_PROMISE))
    written = texts.bodies.to_pylist()
    for message, seconds in promised.items():
        tongue = "en" if some.intent[message] == Intent.NOTE else LANGUAGES[some.language[message]]
        durations = SHARED[tongue].durations
        assert [words for words, due in durations if due == seconds and words in written[message]]


# ---------------------------------------------------------------- names and refusals


def test_names_are_many_and_stay_and_mail_addresses_are_everybodys_own() -> None:
    numbers = np.arange(20_000)
    people = names("customer", numbers)
    assert people.slice(100, 5).equals(names("customer", numbers[100:105]))
    assert len(people.unique()) > 2500
    assert len(names("account", numbers).unique()) > 8000
    assert names("agent", numbers[:50]).to_pylist() != people.slice(0, 50).to_pylist()
    addresses = emails("customer", numbers)
    assert len(addresses.unique()) == len(numbers)
    assert all(re.fullmatch(r"[a-z.]+\d+@example\.(org|com|net)", address) for address in addresses.to_pylist())


def test_a_topic_without_texts_is_refused_by_its_name() -> None:
    with pytest.raises(Invalid, match="billing/tips"):
        write(turns(3, topic=0), 3, ["billing/tips"])
    with pytest.raises(Invalid, match="billing/tips"):
        subjects([0], [1], [0], topics=["billing/tips"])


@pytest.mark.parametrize(
    ("column", "value"), [("role", 3), ("intent", 12), ("tone", 3), ("language", 4), ("length", 3), ("topic", 99)]
)
def test_a_number_outside_its_range_is_refused_by_its_column(column: str, value: int) -> None:
    with pytest.raises(Invalid, match=f"column {column}"):
        write(turns(3, **{column: value}), 3, SLUGS)


def test_no_turns_give_no_texts() -> None:
    texts = write(turns(0), 3, SLUGS)
    assert len(texts.bodies) == 0
    assert texts.spans.num_rows == 0
    assert texts.spans.schema.names == ["message", "start", "end", "kind"]
    assert texts.promises.schema.types == [pa.int64(), pa.int64()]


@pytest.mark.slow
def test_forty_thousand_messages_take_less_than_a_second_of_one_core() -> None:
    some = turns(200_000, 16)
    write(taken(some, np.arange(10)), 3, SLUGS)
    began = time.process_time()
    written = write(some, 3, SLUGS)
    seconds = time.process_time() - began
    assert len(written.bodies) / seconds > 40_000
