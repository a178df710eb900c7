"""What messages and subjects say: generated texts where a run has them, else one word, so that clocks can be measured.

Who says what how: agents show the behaviours that they showed (``floor.latent``), customers are in the mood of their
satisfaction, give away personal data by chance, and a card number mostly where they were asked for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maitred.floor import latent
from maitred.floor.logbook import CUSTOMER, Intent, Kind
from maitred.floor.records import ids
from maitred.floor.records.columns import chosen
from maitred.floor.records.steps import Ints, Steps
from maitred.floor.records.words import topics
from maitred.floor.streams import Purpose, uniforms
from maitred.floor.surveys import FEELINGS
from maitred.floor.world import CHANNELS, World

WORD = "text"
"""The body of every message of a run without texts."""
FALLBACK = "product/how_to"
"""What is talked about where the catalogue of texts knows neither a topic nor its first level."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SHORT = tuple(CHANNELS.index(name) for name in ("chat", "messaging", "social"))
_WRITTEN = tuple(CHANNELS.index(name) for name in ("email", "web"))
_ORDERS = ("orders", "billing")
_CHANCES = (0.35, 0.10, 0.07, 0.03, 0.006, 0.006, 0.04, 0.004)
"""Of name, e-mail, phone, address, card, IBAN, order number and password in a customer's message."""
_ORDER, _CARD = 6, 4
_ASKED_CARD = 0.75


def bodies(steps: Steps, mine: Ints) -> pa.Array:
    """The body of each message among the steps."""
    if not steps.context.register.run.texts:
        return pa.repeat(WORD, len(mine))
    written = texts(steps, mine).bodies
    row = steps.row[mine]
    into = steps.merged_into(row)
    if not (into >= 0).any():
        return written
    told = pc.binary_join_element_wise("This request was closed and merged into request #", ids.texts(into), ".", "")
    return pc.coalesce(told, written)


def subjects(steps: Steps) -> pa.Array:
    """The subject of each ticket."""
    world = steps.context.register.world
    topic = steps.context.topic_of_class[steps.tickets["class_"]]
    if steps.context.register.run.texts:
        from maitred.floor.texts import subjects as lines

        key, tongue = steps.tickets["key"].astype(np.int64), _language(steps, np.arange(steps.count))
        return lines(topic, key, tongue, world.seed, catalogued(world))
    names = [one.split("/")[-1].replace("_", " ").capitalize() for one in topics(world)]
    return chosen(pa.array(names, pa.string()), topic)


def texts(steps: Steps, mine: Ints) -> Any:
    """The messages among the steps with their spans of personal data and promised times (``floor.texts.Texts``)."""
    from maitred.floor.texts import write

    world = steps.context.register.world
    return write(turns(steps, mine), world.seed, catalogued(world))


def catalogued(world: World) -> list[str]:
    """The topics of a world, or what is talked about in their place."""
    from maitred.floor.texts import TOPICS

    known = [words.slug for words in TOPICS]
    return [_nearest(topic, known) for topic in topics(world)]


def _nearest(topic: str, known: Sequence[str]) -> str:
    if topic in known:
        return topic
    branch = topic.split("/")[0] + "/"
    return next((slug for slug in known if slug.startswith(branch)), FALLBACK)


def turns(steps: Steps, mine: Ints) -> Any:
    """What the messages among the steps are about (``floor.texts.Turns``)."""
    from maitred.floor.texts import Role, Turns

    row = steps.row[mine]
    rank = steps.rank[row]
    tickets, actor = steps.tickets[rank], steps.actor[row]
    by_customer = actor == CUSTOMER
    tone = _tone(steps, row, by_customer)
    agents = np.array([agent.is_bot for agent in steps.context.register.world.agents], np.bool_)
    machine = np.zeros(len(mine), np.bool_)
    machine[actor >= 0] = agents[actor[actor >= 0]]
    key = tickets["key"] * _SPREAD + steps.turn[row].astype(np.uint64)
    role = np.where(by_customer, int(Role.CUSTOMER), np.where(machine, int(Role.BOT), int(Role.AGENT)))
    intent = _intent(steps, row, tone)
    return Turns(
        key=key,
        ticket=tickets["key"].astype(np.int64),
        topic=steps.context.topic_of_class[tickets["class_"]].astype(np.int32),
        role=role.astype(np.int8),
        intent=intent.astype(np.int8),
        tone=tone,
        language=_language(steps, rank),
        length=_length(steps, key, rank),
        behaviours=_behaviours(steps, row),
        pii=_personal(steps, row, intent),
        customer=tickets["customer"].astype(np.int64),
        agent=np.where(actor >= 0, _signing(steps)[actor], -1),
        quoted=_quoted(steps, key, row),
    )


def _signing(steps: Steps) -> Ints:
    """Numbers of the agents whose names are those that the texts know, so that nobody signs as somebody else."""
    from maitred.floor.texts import names

    agents = steps.context.register.world.agents
    known = names("agent", np.arange(len(agents))).to_pylist()
    return np.array([place if one.name == known[place] else -1 for place, one in enumerate(agents)], np.int64)


def _uniform(steps: Steps, purpose: Purpose, key: NDArray[np.uint64], turn: int) -> NDArray[np.float64]:
    drawn: NDArray[np.float64] = uniforms(np.uint64(steps.context.register.world.seed), int(purpose), key, turn)
    return drawn


def _tone(steps: Steps, row: Ints, by_customer: NDArray[np.bool_]) -> NDArray[np.int8]:
    """The mood of the customer; at the first message half of what it will be, and rather worried."""
    positions = steps.positions[steps.rank[row]]
    felt = steps.context.surveys.satisfaction[positions] - FEELINGS.typical
    felt = np.where(np.isnan(felt), -0.6, felt)
    opening = steps.kind[row] == Kind.CREATED
    mood = np.where(opening, 0.5 * felt - 0.4, felt)
    return np.clip(np.rint(mood), -2, 2).astype(np.int8)


def _intent(steps: Steps, row: Ints, tone: NDArray[np.int8]) -> Ints:
    kind = steps.kind[row]
    intent = np.where(kind == Kind.AGENT_MESSAGE, steps.after[row], int(Intent.NOTE))
    intent = np.where(kind == Kind.CUSTOMER_MESSAGE, steps.value[row], intent)
    intent = np.where(kind == Kind.CREATED, _opening(steps)[steps.rank[row]], intent)
    later = np.isin(intent, (Intent.CHASE, Intent.REOPEN)) & (kind == Kind.CUSTOMER_MESSAGE)
    key = steps.tickets["key"][steps.rank[row]]
    leaving = later & (tone == -2) & (_uniform(steps, Purpose.TEXT, key, 7) < 0.2)
    return np.where(leaving, int(Intent.LEAVING), intent)


def _opening(steps: Steps) -> Ints:
    """Tickets of an outage say so."""
    from maitred.floor.plants.demand import Outage

    outages = [place for place, plant in enumerate(steps.context.register.world.plants) if isinstance(plant, Outage)]
    return np.where(np.isin(steps.tickets["cause"], outages), int(Intent.OUTAGE), int(Intent.ASK))


def _language(steps: Steps, rank: Ints) -> NDArray[np.int8]:
    """Places in the catalogue's list of languages; one that it does not have is English."""
    from maitred.floor.texts import LANGUAGES

    classes = steps.context.register.world.classes
    width = max(len(one.languages) for one in classes)
    table = np.zeros((len(classes), width), np.int8)
    for place, one in enumerate(classes):
        for nth, (name, _) in enumerate(one.languages):
            table[place, nth] = LANGUAGES.index(name) if name in LANGUAGES else 0
    tickets = steps.tickets[rank]
    found: NDArray[np.int8] = table[tickets["class_"], tickets["language"]]
    return found


def _length(steps: Steps, key: NDArray[np.uint64], rank: Ints) -> NDArray[np.int8]:
    drawn = _uniform(steps, Purpose.TEXT, key, 3)
    brief = np.isin(steps.channel[rank], _SHORT)
    return np.where(brief, drawn > 0.85, 0 + (drawn > 0.3) + (drawn > 0.85)).astype(np.int8)


def _behaviours(steps: Steps, row: Ints) -> NDArray[np.uint8]:
    found = np.zeros(len(row), np.uint8)
    said = np.flatnonzero((steps.kind[row] == Kind.AGENT_MESSAGE) & (steps.actor[row] >= 0))
    register = steps.context.register
    found[said] = latent.shown(register.run, register.log, steps.log_row[row[said]])
    return found


def _personal(steps: Steps, row: Ints, intent: Ints) -> NDArray[np.uint8]:
    """Bits of what is given away; orders are named where orders are the topic."""
    tickets = steps.tickets[steps.rank[row]]
    key = tickets["key"] * _SPREAD + steps.turn[row].astype(np.uint64)
    about = np.array([topic.split("/")[0] in _ORDERS for topic in topics(steps.context.register.world)], np.bool_)
    orders = about[steps.context.topic_of_class[tickets["class_"]]]
    by_customer = steps.actor[row] == CUSTOMER
    asked = np.r_[False, (intent[:-1] == Intent.ASK_CARD) & (steps.rank[row][1:] == steps.rank[row][:-1])]
    bits = np.zeros(len(row), np.uint8)
    for bit, ordinary in enumerate(_CHANCES):
        chance = np.full(len(row), ordinary)
        if bit == _ORDER:
            chance[orders] = 0.45
        if bit == _CARD:
            chance[asked[: len(row)]] = _ASKED_CARD
        has = _uniform(steps, Purpose.PII, key, 100 + bit) < chance
        bits |= np.where(has & (by_customer | (bit == _ORDER)), np.uint8(1 << bit), np.uint8(0))
    return bits


def _quoted(steps: Steps, key: NDArray[np.uint64], row: Ints) -> NDArray[np.bool_]:
    mailed = np.isin(steps.channel[steps.rank[row]], _WRITTEN)
    follows = (steps.kind[row] != Kind.CREATED) & (steps.kind[row] != Kind.AGENT_NOTE) & mailed
    quoted: NDArray[np.bool_] = follows & (_uniform(steps, Purpose.TEXT, key, 4) < 0.25)
    return quoted
