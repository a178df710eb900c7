"""Faults in the pages of a fake helpdesk's lists: doubled, swapped, leading back to themselves, of another form.

A page is told by what leads on from it: a link in its body or its headers. Where there is none, nothing is spoilt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from maitred.connectors.doubling import Answer, Fault

PAGES = ("duplicate_page", "swapped_pages", "same_cursor", "schema_drift")
UNHEARD_OF = "unheard_of"
_KEPT = 16
_LINK = re.compile(r'<([^>]+)>; *rel="next"')
_LINKS = ("after_url", "next_page", "nextRecordsUrl")


class Target(NamedTuple):
    """A request that a page leads on to."""

    path: str
    query: Mapping[str, str]

    def meets(self, path: str, query: Mapping[str, str]) -> bool:
        """Whether a request is this one; it may ask for more, such as a size of its own."""
        return path == self.path and self.query.items() <= query.items()


@dataclass(slots=True)
class Spoiler:
    """Spoils pages as planned. ``asked`` answers a request as the helpdesk would, without counting it."""

    asked: Callable[[Target], Answer | None]
    _before: list[tuple[Target, Answer]] = field(default_factory=list)
    _swapped: list[tuple[Target, Mapping[str, list[Any]]]] = field(default_factory=list)

    def passed(self, due: list[Fault], target: Target, answer: Answer) -> Answer:
        """The answer to a request after the faults that are due for it."""
        body = _read(answer.body)
        if answer.status != 200 or body is None:
            return answer
        earlier = next((one for leads, one in self._before if leads.meets(*target)), None)
        found = _with(answer, self._put_back(target, body))
        for fault in due:
            found = self._spoilt(fault, target, found, earlier)
        leads = following(found)
        if leads is not None:
            self._before = [*self._before, (leads, found)][-_KEPT:]
        return found

    def _spoilt(self, fault: Fault, target: Target, answer: Answer, earlier: Answer | None) -> Answer:
        if fault.kind == "duplicate_page":
            return answer if earlier is None else _with(earlier, earlier.body)
        if fault.kind == "swapped_pages":
            return self._swap(answer)
        if fault.kind == "same_cursor":
            return answer if earlier is None or following(answer) is None else _led_back(answer, target)
        return _drifted(answer, str(fault.value or "new_field"))

    def _swap(self, answer: Answer) -> Answer:
        """The records of the page after this one; its own come with that one."""
        leads = following(answer)
        after = self.asked(leads) if leads is not None else None
        theirs = _lists(_read(after.body)) if after is not None else {}
        if leads is None or not theirs:
            return answer
        body = _read(answer.body)
        self._swapped.append((leads, _lists(body)))
        return _with(answer, _replaced(body, theirs))

    def _put_back(self, target: Target, body: Any) -> Any:
        """The other half of a swap; it is forgotten when the client goes another way."""
        mine = next((kept for leads, kept in self._swapped if leads.meets(*target)), None)
        self._swapped = [one for one in self._swapped if one[0].path != target.path]
        return body if mine is None else _replaced(body, mine)


def following(answer: Answer) -> Target | None:
    """The request that a page leads on to; None at the end."""
    body = _read(answer.body)
    told = body if isinstance(body, dict) else {}
    links, meta = told.get("links"), told.get("meta")
    if told.get("end_of_stream") or (isinstance(meta, dict) and not meta.get("has_more", True)):
        return None
    linked = _LINK.search(answer.headers.get("Link", ""))
    found = linked.group(1) if linked else next((told[name] for name in _LINKS if told.get(name)), None)
    found = found or (links.get("next") if isinstance(links, dict) else None)
    if not isinstance(found, str):
        return None
    parts = urlsplit(found)
    return Target(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))


def _led_back(answer: Answer, target: Target) -> Answer:
    """The page as if it led to the request that it answers."""
    body = _read(answer.body)
    back = f"{target.path}?{urlencode(target.query)}" if target.query else target.path
    headers = dict(answer.headers)
    if "Link" in headers:
        headers["Link"] = _LINK.sub(lambda link: f'<{_whole(link.group(1), back)}>; rel="next"', headers["Link"])
    if isinstance(body, dict):
        body = {**body, **{name: _whole(body[name], back) for name in _LINKS if body.get(name)}}
        links, meta = body.get("links"), body.get("meta")
        if isinstance(links, dict) and links.get("next"):
            body["links"] = {**links, "next": _whole(links["next"], back)}
        if isinstance(meta, dict) and "page[after]" in target.query:
            body["meta"] = {**meta, "after_cursor": target.query["page[after]"]}
        if "after_cursor" in body:
            body["after_cursor"] = target.query.get("cursor", body["after_cursor"])
        if "end_time" in body:
            body["end_time"] = int(target.query.get("start_time", body["end_time"]))
    return _with(answer, body, headers)


def _whole(link: str, back: str) -> str:
    """The way back, with the host that a link named."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}{back}" if parts.netloc else back


def _drifted(answer: Answer, how: str) -> Answer:
    """The page with records of another form: ``new_field``, or ``removed_field``, ``changed_type``, ``new_enum`` with
    the field's name after a dot."""
    kind, _, name = how.partition(".")
    if kind not in _DRIFTS:
        raise ValueError(f"{how!r} is no drift: {', '.join(_DRIFTS)}")
    body = _read(answer.body)
    changed = {key: [_DRIFTS[kind](record, name) for record in found] for key, found in _lists(body).items()}
    return _with(answer, _replaced(body, changed))


def _added(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {**record, name or "unheard_of_field": {"nested": [1, None]}}


def _removed(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def _retyped(record: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in record:
        return record
    value = record[name]
    return {**record, name: json.dumps(value) if isinstance(value, list | dict) else [value]}


def _worded(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {**record, name: UNHEARD_OF} if name in record else record


_DRIFTS: Mapping[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "new_field": _added, "removed_field": _removed, "changed_type": _retyped, "new_enum": _worded,
}  # fmt: skip


def _lists(body: Any) -> dict[str, list[Any]]:
    """The records of a page by the name of their list; a page that is a list itself has no name."""
    if isinstance(body, list):
        return {"": body} if all(isinstance(one, dict) for one in body) else {}
    told = body if isinstance(body, dict) else {}
    return {name: value for name, value in told.items()
            if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)}  # fmt: skip


def _replaced(body: Any, lists: Mapping[str, list[Any]]) -> Any:
    return lists.get("", body) if isinstance(body, list) else {**body, **lists}


def _read(body: Any) -> Any:
    """A body as JSON; None where it is none."""
    if isinstance(body, dict | list):
        return body
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _with(answer: Answer, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    from maitred.connectors.doubling import Answer as Made

    return Made(answer.status, body, dict(answer.headers if headers is None else headers))
