"""Verbs as tools: what an assistant sees of them, and what happens when it calls one.

A question runs with the rights of whoever stands behind the assistant. An action is only proposed, and a person
approves it in the console. Which tools there are is decided anew for every list and every call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from fastmcp.server.providers.base import Provider
from fastmcp.tools.base import Tool, ToolResult
from fastmcp.utilities.components import FastMCPComponent
from fastmcp.utilities.versions import VersionSpec
from mcp_types import ToolAnnotations
from pydantic import PrivateAttr

from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, reach
from maitred.kit.proposals.models import Proposal
from maitred.kit.proposals.proposing import may_propose, propose
from maitred.kit.verbs.registry import Verb
from maitred.kit.verbs.results import plain
from maitred.kit.verbs.running import run

T = TypeVar("T")
Who = Callable[[], Actor]
"""Finds out who stands behind the call that is being served; asked for each one."""
Limit = Callable[[Actor, Verb], None]
"""Raises ``TooMany`` where a caller asks too often."""

_LOG = structlog.get_logger("maitred.mcp")
_PROPOSES = "\n\nThis only proposes it: a person approves or declines the proposal before anything happens."


class VerbTools(Provider):
    """The tools of one server.

    Parameters
    ----------
    parallel
        Whether calls run beside each other in threads of their own (many callers), or one after the other (one).
    """

    def __init__(self, verbs: Iterable[Verb], who: Who, *, parallel: bool = False, limit: Limit | None = None) -> None:
        super().__init__()
        self._verbs = {tool_name(verb): verb for verb in verbs if verb.kind == "question" or may_propose(verb)}
        self._who = who
        self._parallel = parallel
        self._limit = limit

    async def call(self, verb: Verb, arguments: Mapping[str, Any]) -> ToolResult:
        """Answer a call off the event loop."""
        return await aside(lambda: self.answer(verb, arguments), parallel=self._parallel)

    def answer(self, verb: Verb, arguments: Mapping[str, Any]) -> ToolResult:
        """What a call answers: the question's result, the proposal, or why not."""
        try:
            actor = self._who()
            if self._limit is not None:
                self._limit(actor, verb)
            if verb.kind == "question":
                return _told(plain(run(verb, actor, arguments)))
            return _proposed(propose(actor, verb, arguments))
        except MaitredError as error:
            return _failed(error.kind, error.what, error.remedy, getattr(error, "errors", ()))
        except Exception as error:  # noqa: BLE001  (an assistant never sees a traceback)
            _LOG.error("request.failed", verb=verb.id, error=type(error).__name__)
            return _failed("unexpected", f"{verb.id} went wrong on our side", "tell an administrator", ())

    async def get_tasks(self) -> Sequence[FastMCPComponent]:
        """None: no tool runs behind its answer, and at the start there is nobody yet to list tools for."""
        return []

    async def _list_tools(self) -> Sequence[Tool]:
        return await aside(self._usable, parallel=self._parallel)

    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> Tool | None:
        verb = self._verbs.get(name)
        return _tool(self, verb) if verb else None

    def _usable(self) -> list[Tool]:
        actor = self._who()
        return [_tool(self, verb) for verb in self._verbs.values() if reach(actor, verb.needs) is not Reach.NONE]


class VerbTool(Tool):
    """One verb as a tool."""

    _verb: Verb = PrivateAttr()
    _tools: VerbTools = PrivateAttr()

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        return await self._tools.call(self._verb, arguments)


def tool_name(verb: Verb) -> str:
    """``people_list_teams``."""
    return verb.id.replace(".", "_")


def approval_address(proposal: Proposal) -> str:
    """Where a person approves: the proposal's page, or the command for what the operator's assistant proposed."""
    if proposal.account_id is None:
        return f"`maitred proposals approve {proposal.pk} --version {proposal.version}`"
    origin = getattr(settings, "MAITRED_URL", "") or "http://127.0.0.1:8000"
    return f"{origin.rstrip('/')}/proposals/{proposal.pk}/"


def _tool(tools: VerbTools, verb: Verb) -> VerbTool:
    told = "\n\n".join(part for part in (verb.summary, verb.description) if part)
    asks = verb.kind == "question"
    tool = VerbTool(
        name=tool_name(verb),
        description=told if asks else told + _PROPOSES,
        parameters=verb.arguments.model_json_schema(),
        annotations=ToolAnnotations(read_only_hint=asks, destructive_hint=False, open_world_hint=False),
    )
    tool._verb = verb
    tool._tools = tools
    return tool


async def aside(do: Callable[[], T], *, parallel: bool) -> T:
    """Run something that reads or writes the database, off the event loop, leaving no stale connection behind."""
    return await sync_to_async(_tidily, thread_sensitive=not parallel)(do)


def _tidily(do: Callable[[], T]) -> T:
    _drop_stale()
    try:
        return do()
    finally:
        _drop_stale()


def _drop_stale() -> None:
    """Close connections that are spent; one in the middle of a transaction belongs to a caller of ours."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _told(value: Any) -> ToolResult:
    structured = value if isinstance(value, dict) else {"result": value}
    return ToolResult(content=json.dumps(structured, ensure_ascii=False), structured_content=structured)


def _proposed(proposal: Proposal) -> ToolResult:
    where = approval_address(proposal)
    structured = {
        "proposal": proposal.pk,
        "state": str(proposal.state),
        "expires": plain(proposal.expires_at),
        "approve_at": where,
    }
    return ToolResult(content=f"proposal {proposal.pk} waits for approval at {where}", structured_content=structured)


def _failed(kind: str, what: str, remedy: str, errors: Sequence[Mapping[str, str]]) -> ToolResult:
    text = f"{what}: {remedy}" if remedy else what
    fields = "".join(f"\n- {one['field']}: {one['message']}" for one in errors)
    problem = {"type": f"urn:maitred:problem:{kind}", "title": what, "detail": remedy, "errors": list(errors)}
    return ToolResult(content=text + fields, structured_content=problem, is_error=True)
