"""``maitred hiring``: the commands whose names and forms are fixed; the verbs of the desk join them by themselves.

Each part adds its own commands to the group below, in a module of its own.
"""

from __future__ import annotations

import typer

from maitred.surfaces.cli import hiring_parse, hiring_pipeline, hiring_posting, hiring_profiles, hiring_search

group = typer.Typer(help="Hiring: from a need to a person who is up to speed.", no_args_is_help=True)

hiring_pipeline.attach(group)
hiring_posting.attach(group)
hiring_parse.attach(group)
hiring_profiles.attach(group)
hiring_search.attach(group)
