"""``maitred text``: what the product reads out of texts, run on lines of your own; no workspace is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from maitred.surfaces.cli import output

group = typer.Typer(help="What is read out of texts, measured on your own.", no_args_is_help=True)


@group.callback()
def _text() -> None:
    """What is read out of texts, measured on your own."""


@group.command("eval")
def eval_(
    task: Annotated[str, typer.Argument(help="reasons, fewshot, openset, sentiment, dissatisfaction, pii, …")],
    in_: Annotated[Path, typer.Option("--in", help="JSON Lines to learn from and to answer.")],
    to: Annotated[Path, typer.Option("--out", help="Where the answers go, as JSON Lines.")],
    encoder: Annotated[str, typer.Option(help="auto, lexical, static, minilm or endpoint.")] = "auto",
    seed: Annotated[int, typer.Option(help="Seed of all draws.")] = 1,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run one capability on labelled lines and write its answers."""
    from maitred.insight.text.evaluating import evaluate
    from maitred.surfaces.cli.app import home

    told = evaluate(task, in_, to, encoder, seed, home() / "models")
    if json_:
        output.document(told)
        return
    output.line(
        f"{told['task']}: {told['n_in']} lines in, {told['n_out']} answers in {to}; encoder {told['encoder']}, "
        f"{told['fit_seconds']} s to learn, {told['run_seconds']} s to answer, {told['peak_rss_mb']} MB"
    )
