"""The register of verbs: what each needs, takes and answers, read from its function.

A verb without a right, a docstring or an example cannot be imported.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from django.apps import apps
from docstring_parser import parse as parse_docstring
from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model
from pydantic.fields import FieldInfo

from maitred.kit.access.rights import TABLE, Right
from maitred.kit.verbs.results import Page
from maitred.kit.verbs.words import Names

F = TypeVar("F", bound=Callable[..., Any])
Kind = Literal["question", "action"]

_REGISTER: dict[str, Verb] = {}


@dataclass(frozen=True)
class Verb:
    """One question or action of the house.

    Parameters
    ----------
    id
        ``group.name``, where the group is the folder that holds the verb.
    own
        It concerns one's own settings only (marked ``x-own`` in the document).
    fresh
        It asks for a proof of identity not older than five minutes.
    example
        Arguments that work in the demonstration, shown in the documents.
    """

    id: str
    kind: Kind
    needs: Right
    function: Callable[..., Any]
    example: Mapping[str, Any]
    own: bool = False
    fresh: bool = False

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]

    @property
    def scope(self) -> str:
        """The token scope that lets a token use it."""
        return TABLE[self.needs].scope

    @cached_property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return parse_docstring(inspect.getdoc(self.function) or "").short_description or ""

    @cached_property
    def description(self) -> str:
        """The rest of its docstring, without the sections."""
        return parse_docstring(inspect.getdoc(self.function) or "").long_description or ""

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What it takes besides the actor, with resolved annotations."""
        hints = get_type_hints(self.function, include_extras=True)
        taken = list(inspect.signature(self.function).parameters.values())[1:]
        return {one.name: one.replace(annotation=hints[one.name]) for one in taken}

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The model that checks its arguments: nothing missing, nothing extra."""
        told = {one.arg_name: one.description for one in parse_docstring(inspect.getdoc(self.function) or "").params}
        fields: dict[str, Any] = {}
        for name, one in self.parameters.items():
            default = ... if one.default is inspect.Parameter.empty else one.default
            info = FieldInfo(default=default, description=told[name]) if told.get(name) else default
            fields[name] = (one.annotation, info)
        config = ConfigDict(extra="forbid", frozen=True, str_max_length=20_000, allow_inf_nan=False)
        return create_model(_camel(self.id), __config__=config, **fields)

    @cached_property
    def result(self) -> Any:
        """The type of its answer."""
        return get_type_hints(self.function, include_extras=True)["return"]

    @cached_property
    def answer(self) -> TypeAdapter[Any]:
        """The answer's type, for the schema in the documents."""
        return TypeAdapter(self.result)

    @cached_property
    def object(self) -> tuple[str, str] | None:
        """The parameter that names an object and the object's noun: ``("team", "team")``."""
        for name, one in self.parameters.items():
            for mark in get_args(one.annotation)[1:]:
                if isinstance(mark, Names):
                    return name, mark.noun
        return None

    @property
    def paged(self) -> bool:
        return get_origin(self.result) is Page

    @property
    def versioned(self) -> bool:
        """Whether it changes something that must be named with its version."""
        return "version" in self.parameters


def question(*, needs: Right, example: Mapping[str, Any], own: bool = False) -> Callable[[F], F]:
    """Register a function that answers and changes nothing."""
    return _registered("question", needs, example, own, fresh=False)


def action(*, needs: Right, example: Mapping[str, Any], own: bool = False, fresh: bool = False) -> Callable[[F], F]:
    """Register a function that changes something; it runs in one transaction with its audit row."""
    return _registered("action", needs, example, own, fresh)


def _registered(kind: Kind, needs: Right, example: Mapping[str, Any], own: bool, fresh: bool) -> Callable[[F], F]:
    def register(function: F) -> F:
        verb_id = f"{_group(function.__module__)}.{function.__name__}"
        if not (inspect.getdoc(function) or "").strip():
            raise TypeError(f"{verb_id} has no docstring: say what it does")
        if verb_id in _REGISTER and _REGISTER[verb_id].function.__module__ != function.__module__:
            raise TypeError(f"there are two verbs {verb_id}")
        _REGISTER[verb_id] = Verb(verb_id, kind, Right(needs), function, example, own, fresh)
        return function

    return register


def _group(module: str) -> str:
    """``maitred.desks.quality.verbs.reviews`` → ``quality``, unless the module names another ``GROUP``."""
    named = getattr(sys.modules[module], "GROUP", None)
    if named:
        return str(named)
    parts = module.split(".")
    return parts[parts.index("verbs") - 1] if "verbs" in parts else parts[-2]


def _camel(words: str) -> str:
    return "".join(part.capitalize() for part in words.replace(".", "_").split("_"))


@cache
def register() -> Mapping[str, Verb]:
    """Every verb of the installed apps, by id."""
    for app in apps.get_app_configs():
        if app.name.startswith("maitred."):
            _discover(f"{app.name}.verbs")
    return dict(sorted(_REGISTER.items()))


def _discover(module: str) -> None:
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return
    for one in pkgutil.iter_modules(getattr(found, "__path__", ())):
        importlib.import_module(f"{module}.{one.name}")
