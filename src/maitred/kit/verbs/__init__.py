"""Verbs: the typed questions and actions of the house, and the one way in which they run.

A desk writes a function with a docstring and a decorator. REST, command line and assistant doors are made from it;
permission, validation, transaction and audit happen here and nowhere else.

    @action(needs=Right.MEMBERS_WRITE, example={"name": "Billing", "parent": 1})
    def add_team(actor: Actor, name: ShortText, parent: TeamId) -> TeamShown:
        ...
"""

from maitred.kit.verbs.registry import Verb, action, question
from maitred.kit.verbs.results import Page
from maitred.kit.verbs.running import run
from maitred.kit.verbs.words import Cursor, Limit, LongText, Names, ShortText, Version

__all__ = ["Cursor", "Limit", "LongText", "Names", "Page", "ShortText", "Verb", "Version", "action", "question", "run"]
