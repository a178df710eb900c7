"""The shape of what can be said: a topic's own words in each language, and the words that every topic shares.

For whoever adds a topic or a language. A text holds three kinds of marks: ``{slot}`` is filled with a value, ``[a|b]``
is one of several ways to say it (plain words), and ``<...>`` is said only where the writer gives the order number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "de", "es", "fr")
"""What ``Turns.language`` points into."""

Phrases = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about one topic in one language; an empty part falls back to the shared words of the language."""

    thing: Phrases
    """Noun for the topic, said after 'about'."""
    subject: Phrases
    problem: Phrases
    """The customer says what is wrong."""
    detail: Phrases
    question: Phrases
    """The agent asks for what is missing."""
    reply: Phrases
    """The customer answers."""
    solution: Phrases
    """The agent says what is solved."""
    ask: Phrases = ()
    """What the customer wants."""
    finding: Phrases = ()
    """What the agent has found out so far."""
    again: Phrases = ()
    """The customer says that it is not solved."""
    restate: Phrases = ()
    """Said after 'I see that'."""
    step: Phrases = ()
    """What happens next."""
    note: Phrases = ()
    """Internal; written in the team's language, which is English."""


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic of the two-level tree (``branch/leaf``) and its words by language."""

    slug: str
    words: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Shared:
    """What is said in one language whatever the topic is; the fields stand in the order of a message."""

    # the customer
    hello: Phrases
    ask_open: Phrases
    ask: Phrases
    chase: Phrases
    chase_ask: Phrases
    reply_open: Phrases
    thanks: Phrases
    again_open: Phrases
    again: Phrases
    outage: Phrases
    leaving: Phrases
    extra: Phrases
    furious: Phrases
    annoyed: Phrases
    friendly: Phrases
    delighted: Phrases
    thanks_furious: Phrases
    thanks_annoyed: Phrases
    thanks_friendly: Phrases
    thanks_delighted: Phrases
    bye: Phrases
    device: Phrases
    disclaimer: Phrases
    auto_reply: Phrases
    forwarded: Phrases
    forwarded_head: Phrases
    quote_head: Phrases
    decoy: Phrases
    # personal data, one part for each bit
    say_name: Phrases
    sign_name: Phrases
    say_email: Phrases
    say_phone: Phrases
    say_address: Phrases
    say_card: Phrases
    say_iban: Phrases
    say_order: Phrases
    say_password: Phrases
    # the agent's behaviours, one part for each bit
    greeting: Phrases
    acknowledged: Phrases
    acknowledged_upset: Phrases
    apology: Phrases
    apology_delay: Phrases
    ownership: Phrases
    next_step: Phrases
    time_promise: Phrases
    closing: Phrases
    # the agent's message itself: none of these may show a behaviour
    question_open: Phrases
    finding: Phrases
    delay: Phrases
    agent_ask: Phrases
    agent_chase: Phrases
    agent_thanks: Phrases
    agent_again: Phrases
    agent_outage: Phrases
    agent_leaving: Phrases
    ask_card: Phrases
    agent_extra: Phrases
    solve_more: Phrases
    sign_agent: Phrases
    bot_open: Phrases
    bot_more: Phrases
    sign_bot: Phrases
    # internal
    note: Phrases
    note_more: Phrases
    # values that depend on the language
    months: Phrases
    weekdays: Phrases
    streets: Phrases
    towns: Phrases
    address_form: Phrases
    durations: tuple[tuple[str, int], ...]
    """How a time is promised, and its seconds."""
    decimal: str = "."
