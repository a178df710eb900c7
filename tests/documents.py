"""The repository's documents as the tests read them: which there are, their links, the commands of the README.

``python -m tests.documents`` writes the outputs in the README anew, after a command has come to say something else.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house import REPOSITORY, House

README = REPOSITORY / "README.md"
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a document and what the document says it prints."""

    command: str
    output: str


def tracked() -> list[Path]:
    """Files of the repository, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [REPOSITORY / name for name in sorted(filter(None, listed.split("\0"))) if (REPOSITORY / name).is_file()]


def documents() -> list[Path]:
    """The Markdown pages of the repository."""
    return [path for path in tracked() if path.suffix == ".md"]


def prose(page: str) -> str:
    """A page without its code blocks."""
    return _CODE.sub("", page)


def links(page: str) -> Iterator[str]:
    """Targets of a page's links."""
    yield from _LINK.findall(prose(page))


def anchors(page: str) -> set[str]:
    """Names by which the headings of a page can be linked."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def examples(page: str) -> list[Example]:
    """The commands of a page's ``console`` blocks, with their outputs."""
    return [Example(found["command"], found["output"]) for found in _CONSOLE.finditer(page)]


def answered(house: House, command: str) -> str:
    """What a command prints, without blanks at the ends of lines and with the workspace as documents call it."""
    program, *words = shlex.split(command)
    assert program == "maitred", f"{command}: only maitred runs here"
    answer = house.run(*words)
    assert answer.code == 0, answer.err
    text = answer.out.replace(str(house.home), "workspace")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def rewritten(page: str, house: House) -> str:
    """A page with the outputs of its commands as they are now."""

    def block(found: re.Match[str]) -> str:
        return f"```console\n$ {found['command']}\n{answered(house, found['command'])}```"

    return _CONSOLE.sub(block, page)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        fresh = rewritten(README.read_text(encoding="utf-8"), House(Path(folder) / "workspace"))
    README.write_text(fresh, encoding="utf-8")
