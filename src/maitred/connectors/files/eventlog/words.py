"""Foreign words for priorities, channels and flags, as far as their meaning is plain.

A word that means nothing here is kept as it was written (``priority_raw``, ``channel_raw``) and maps to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PRIORITY_WORDS = {
    "urgent": ("urgent", "critical", "highest", "blocker", "emergency", "immediate", "very high", "severe"),
    "high": ("high", "major", "important", "serious"),
    "normal": ("normal", "moderate", "medium", "average", "standard", "regular"),
    "low": ("low", "lowest", "minor", "trivial", "planning", "very low"),
}
_BY_WORD = {word: priority for priority, words in _PRIORITY_WORDS.items() for word in words}
_BY_DIGIT = {"1": "urgent", "2": "high", "3": "normal", "4": "low", "5": "low"}
_RANK = re.compile(r"(?:p|prio|priority|sev|severity|s|level)?[ _-]*([0-9]+)(?:\.0+)?")
_NUMBERED = re.compile(r"(?:p|prio|priority|sev|severity)?[ _-]*([0-9]+)\s*[-–—:.)]\s*(.+)")

_CHANNELS = {
    "email": ("email", "e-mail", "mail"),
    "web": ("web", "portal", "self-service", "self service", "website", "form", "web form", "help center"),
    "chat": ("chat", "live chat", "livechat", "web chat"),
    "phone": ("phone", "telephone", "call", "voice", "phone call", "inbound call"),
    "social": ("social", "twitter", "facebook", "instagram", "x"),
    "messaging": ("messaging", "whatsapp", "sms", "telegram", "messenger"),
    "api": ("api",),
    "other": ("other",),
}
_BY_CHANNEL = {word: channel for channel, words in _CHANNELS.items() for word in words}
_FLAGS = {"true": True, "t": True, "yes": True, "y": True, "1": True} | {
    "false": False,
    "f": False,
    "no": False,
    "n": False,
    "0": False,
}


def priorities_of(values: Iterable[str]) -> dict[str, str | None]:
    """What each priority of a column means.

    Words are read by themselves, alone or after a number (``3 - Moderate``). Bare numbers and ``P1`` are ranks, 1 being
    the most urgent, as in ITIL tools; but only when no number of the column lies outside 1 to 5.

    >>> priorities_of(["3 - Moderate", "P1", "Value 2"])
    {'3 - Moderate': 'normal', 'P1': 'urgent', 'Value 2': None}
    """
    texts = list(values)
    ranks = {text: match[1] for text in texts if (match := _RANK.fullmatch(text.strip().lower()))}
    ranked = all(rank in _BY_DIGIT for rank in ranks.values())
    return {text: _BY_DIGIT.get(ranks[text]) if text in ranks and ranked else _priority(text) for text in texts}


def ranks_in(values: Iterable[str]) -> list[str]:
    """The values that ``priorities_of`` reads by their number alone."""
    return [text for text in values if _RANK.fullmatch(text.strip().lower())]


def _priority(text: str) -> str | None:
    plain = text.strip().lower()
    numbered = _NUMBERED.fullmatch(plain)
    word = (numbered[2] if numbered else plain).strip()
    return _BY_WORD.get(word) or _BY_WORD.get(word.removesuffix(" priority").strip())


def channel_of(text: str) -> str | None:
    """The canonical channel of a foreign word, or null."""
    return _BY_CHANNEL.get(text.strip().lower())


def flag_of(text: str) -> bool | None:
    """A foreign truth value, or null."""
    return _FLAGS.get(text.strip().lower())
