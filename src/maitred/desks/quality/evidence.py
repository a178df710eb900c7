"""Whether a quote is in the conversation: to the letter, but for runs of spaces and the form of the characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping


def flat(text: str) -> str:
    """A text with one space where there was any run of them, in composed form.

    >>> flat("I  will\\n write")
    'I will write'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def problem_of(quote: str, message: str, messages: Mapping[str, str]) -> str:
    """What is wrong with a quote of a message; empty where the words stand there.

    Parameters
    ----------
    messages
        The ticket's messages by id.
    """
    if message not in messages:
        return f"there is no message {message} on this ticket"
    words = flat(quote)
    if not words:
        return "a quote has words"
    return "" if words in flat(messages[message]) else "these words do not stand in that message"
