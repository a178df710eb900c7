"""Which findings somebody may see: what is about a person is for that person and those who lead them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

External = tuple[str, str]
SUBJECT_PERSON, SUBJECT_GROUP, SUBJECT_TICKET, SUBJECT_BOT = "agent", "group", "ticket", "bot"


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees.

    Parameters
    ----------
    people, groups
        Helpdesk users and groups in sight, each a source and an id there; None for all.
    whole
        Whether what concerns the whole organisation is in sight: topics, channels, accounts, bots.
    small
        Groups too small to be shown to whom only counts are shown.
    counts_only
        Whether rows are out of sight: no tickets, counts in fives.
    """

    people: frozenset[External] | None = frozenset()
    groups: frozenset[External] | None = frozenset()
    whole: bool = False
    small: frozenset[External] = frozenset()
    counts_only: bool = False

    def sees(self, subject: Mapping[str, Any], where: Mapping[str, Any] | None = None) -> bool:
        """Whether a finding about a subject is in sight.

        >>> lead = Sight(people=frozenset({("zd", "7")}), groups=frozenset({("zd", "104")}))
        >>> lead.sees({"type": "agent", "id": "zd:7", "external_id": "7"})
        True
        >>> lead.sees({"type": "group", "id": "zd:105", "external_id": "105"})
        False
        >>> lead.sees({"type": "topic", "id": "export", "external_id": "export"}, {"group": "zd:104"})
        True
        """
        kind = subject.get("type")
        if about_person(subject, where):
            return self.people is None or _named(subject, where) <= self.people
        if kind == SUBJECT_GROUP:
            return self._sees_group(external(subject))
        if self.counts_only and kind == SUBJECT_TICKET:
            return False
        if self.whole:
            return True
        inside = (where or {}).get("group")
        return isinstance(inside, str) and self.groups is not None and _pair(inside) in self.groups

    def _sees_group(self, group: External) -> bool:
        if self.groups is None:
            return not (self.counts_only and group in self.small)
        return group in self.groups


def about_person(subject: Mapping[str, Any], where: Mapping[str, Any] | None = None) -> bool:
    """Whether it is about one human; a subject that is cut by a person is about that person as well.

    >>> [about_person({"type": kind}, {"assignee": "zd:7"}) for kind in ("agent", "macro", "bot")]
    [True, True, False]
    """
    kind = subject.get("type")
    return kind == SUBJECT_PERSON or (kind != SUBJECT_BOT and isinstance((where or {}).get("assignee"), str))


def external(subject: Mapping[str, Any]) -> External:
    """The source and the helpdesk's own id of a subject.

    >>> external({"id": "zendesk:eu:104", "external_id": "104"})
    ('zendesk:eu', '104')
    """
    own = str(subject.get("external_id") or "")
    whole = str(subject.get("id") or "")
    if own and whole.endswith(f":{own}"):
        return whole[: -len(own) - 1], own
    return _pair(whole)


def _named(subject: Mapping[str, Any], where: Mapping[str, Any] | None) -> frozenset[External]:
    named = {_pair(str(where["assignee"]))} if where and isinstance(where.get("assignee"), str) else set()
    if subject.get("type") == SUBJECT_PERSON:
        named.add(external(subject))
    return frozenset(named)


def _pair(word: str) -> External:
    source, _, own = word.rpartition(":")
    return source, own
