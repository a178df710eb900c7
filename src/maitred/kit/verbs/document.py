"""The page of all verbs, made from the register: ``python -m maitred.kit.verbs.document > docs/verbs.md``."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from itertools import groupby

from maitred.kit.verbs.registry import Verb, register

_HEAD = """\
# Verbs

Everything that can be asked or done, with what it needs. Each verb has the same name, the same parameters and the
same answer at every door:

- **REST**: a question is `GET /api/v1/GROUP/VERB`, an action `POST /api/v1/GROUP/VERB`; what it names
  stands behind, `…/VERB/7`.
- **Command line**: `maitred GROUP VERB`, as whoever holds the files of the installation.
- **Assistant** (MCP): the tool `GROUP_VERB`; an action becomes a proposal that a person approves.

*Needs* is the right (see [rights](rights.md)), *scope* what a token must carry. *Own* marks what concerns
oneself only; *proof* what asks for a proof of identity not older than five minutes.
"""


def main() -> None:
    """Print the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maitred.site.settings")
    django.setup()
    print(page(), end="")


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for group, verbs in groupby(register().values(), key=lambda verb: verb.group):
        parts.append(f"\n## {group}\n")
        parts.extend(part for verb in verbs for part in _section(verb))
    return "".join(parts)


def _section(verb: Verb) -> Iterator[str]:
    marks = [verb.kind, f"needs `{verb.needs}`", f"scope `{verb.scope}`"]
    marks += ["own"] if verb.own else []
    marks += ["proof"] if verb.fresh else []
    yield f"\n### {verb.id.replace('_', '-').replace('.', ' ')}\n\n{verb.summary}"
    yield f" {' '.join(verb.description.split())}\n" if verb.description else "\n"
    yield f"\n{', '.join(marks)}\n"
    if verb.parameters:
        yield "\n| | |\n|---|---|\n"
        yield from (_row(verb, name, one) for name, one in verb.parameters.items())
    if verb.example:
        yield f"\n```json\n{json.dumps(dict(verb.example), ensure_ascii=False)}\n```\n"


def _row(verb: Verb, name: str, one: inspect.Parameter) -> str:
    told = " ".join((verb.arguments.model_fields[name].description or "").split())
    optional = "" if one.default is inspect.Parameter.empty else " (optional)"
    return f"| `{name}`{optional} | {told} |\n"


if __name__ == "__main__":
    main()
