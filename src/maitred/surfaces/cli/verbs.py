"""The command line's door to the verbs: one group per folder of verbs, one command per verb, made when asked for.

The names of groups and their one-line descriptions are read from the folders, so that help needs neither Django nor a
desk.
"""

from __future__ import annotations

import ast
import inspect
import json
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional, Union, get_args, get_origin

import typer
from typer.core import TyperGroup

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.kit.verbs import Verb

_ROOMS = ("desks", "kit", ".")


def attach(app: typer.Typer) -> None:
    """Add a group for every folder that has verbs; groups that are there already get the verbs as further commands."""
    groups = {one.name: one for one in app.registered_groups}
    for name, says in groups_of_verbs().items():
        if name in groups:
            groups[name].cls = VerbGroup
            groups[name].typer_instance.info.cls = VerbGroup  # type: ignore[union-attr]
        else:
            app.add_typer(typer.Typer(help=says, no_args_is_help=True, cls=VerbGroup), name=name)


@cache
def groups_of_verbs() -> dict[str, str]:
    """Group → first line of its folder's docstring, for every folder with verbs."""
    return dict(sorted(_found(Path(__file__).parents[2])))


def _found(house: Path) -> Iterator[tuple[str, str]]:
    for room in _ROOMS:
        folders = [house / "people"] if room == "." else sorted((house / room).glob("*/"))
        for folder in folders:
            if (folder / "apps.py").is_file():
                yield from _groups(folder)


def _groups(folder: Path) -> Iterator[tuple[str, str]]:
    """The groups of a folder's verbs: its own name, and those that modules give theirs."""
    modules = sorted((folder / "verbs").glob("*.py")) or [one for one in (folder / "verbs.py",) if one.is_file()]
    for module in modules:
        named = _group(module)
        if named:
            yield named.replace("_", "-"), _says(module)
        else:
            yield folder.name.replace("_", "-"), _says(folder / "__init__.py")


def _group(verbs: Path) -> str:
    """The name a module of verbs gives its group, if it gives one."""
    for node in ast.parse(verbs.read_text(encoding="utf-8")).body:
        named = isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "GROUP" for t in node.targets)
        if named and isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    return ""


def _says(module: Path) -> str:
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


class VerbGroup(TyperGroup):
    """A group whose verbs become commands when it is opened; commands of its own come first."""

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *(name for name in _verbs(str(self.name)) if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        verb = _verbs(str(self.name)).get(cmd_name)
        return command(verb) if verb else None


def _verbs(group: str) -> dict[str, Verb]:
    """The verbs of a group by their command's name. Reads the code alone: help needs no workspace."""
    operating.load_for_help()
    from maitred.kit.verbs.registry import register

    return {verb.name.replace("_", "-"): verb for verb in register().values() if verb.group.replace("_", "-") == group}


def command(verb: Verb) -> Any:
    """The command of one verb: its parameters as options, the object it names as the argument."""
    made = typer.Typer(add_completion=False)
    made.command(verb.name.replace("_", "-"), help=_help(verb))(_callback(verb))
    built = typer.main.get_command(made)
    built.name = verb.name.replace("_", "-")
    return built


def _help(verb: Verb) -> str:
    return "\n\n".join(part for part in (verb.summary, verb.description) if part)


def _callback(verb: Verb) -> Callable[..., None]:
    def call(**given: Any) -> None:
        as_json = given.pop("json_")
        operating.start()
        from maitred.kit.verbs import run
        from maitred.kit.verbs.results import plain

        answer = plain(run(verb, operating.actor(), _arguments(verb, given)))
        output.document(answer) if as_json else _print(verb, answer)

    told = {name: field.description or "" for name, field in verb.arguments.model_fields.items()}
    named = verb.object[0] if verb.object else None
    taken = [_parameter(one, told[one.name], positional=one.name == named) for one in verb.parameters.values()]
    taken.append(_flag("json_", "--json", "Print one JSON document."))
    call.__signature__ = inspect.Signature(sorted(taken, key=lambda one: one.default is not inspect.Parameter.empty))  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in taken}
    return call


def _parameter(one: inspect.Parameter, says: str, *, positional: bool) -> inspect.Parameter:
    """A verb's parameter as typer reads it. Values stay text: the verb's own model checks them."""
    kind = _kind(one.annotation)
    optional = one.default is not inspect.Parameter.empty
    option = "--" + one.name.replace("_", "-")
    if positional:
        return _made(one.name, Annotated[str, typer.Argument(help=says)])
    if kind is bool:
        return _made(one.name, Annotated[Optional[bool], typer.Option(f"{option}/--no-{option[2:]}", help=says)], None)
    if kind is list:
        return _made(one.name, Annotated[Optional[list[str]], typer.Option(option, help=says)], None)
    if optional:
        return _made(one.name, Annotated[Optional[str], typer.Option(option, help=says)], None)
    return _made(one.name, Annotated[str, typer.Option(option, help=says)])


def _flag(name: str, option: str, says: str) -> inspect.Parameter:
    return _made(name, Annotated[bool, typer.Option(option, help=says)], False)


def _made(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _kind(annotation: Any) -> Any:
    """``bool``, ``list``, or ``str`` for everything that one word can say."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kinds = {_kind(one) for one in get_args(annotation) if one is not type(None)}
        return kinds.pop() if len(kinds) == 1 else str
    if origin in (list, tuple, set, frozenset) or annotation in (list, tuple):
        return list
    return bool if annotation is bool else str


def _arguments(verb: Verb, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the verb's model reads it; what was left out stays out."""
    found = {name: value for name, value in given.items() if value is not None and value != []}
    return {name: _read(verb.parameters[name].annotation, value) for name, value in found.items()}


def _read(annotation: Any, value: Any) -> Any:
    """Lists of compound items are typed as JSON, one item each."""
    if isinstance(value, list):
        return [_read(str, one) for one in value]
    if isinstance(value, str) and value[:1] in "{[" and _kind(annotation) is str:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _print(verb: Verb, answer: Any) -> None:
    """A table for lists, lines for one thing."""
    rows = answer.get("items") if isinstance(answer, dict) else None
    if rows is None and isinstance(answer, dict):
        lists = [value for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        rows = lists[0] if len(lists) == 1 else None
    if rows:
        columns = list(rows[0])
        output.table(verb.id, columns, [[_cell(row.get(name)) for name in columns] for row in rows])
        if answer.get("next"):
            output.notice(f"more rows follow: --cursor {answer['next']}")
        return
    if verb.paged:
        output.line("nothing to show")
        return
    output.table(verb.id, ("field", "value"), [(name, _cell(value)) for name, value in answer.items()])


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
