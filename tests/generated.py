"""Pages that are made from the program: ``python -m tests.generated`` writes them anew; a test compares them."""

from __future__ import annotations

import os

from tests.house import REPOSITORY

VERBS = REPOSITORY / "docs" / "verbs.md"
RIGHTS = REPOSITORY / "docs" / "rights.md"


def verbs() -> str:
    """The page of all verbs."""
    from maitred.kit.verbs.document import page

    return page()


def rights() -> str:
    """The page about rights, with the program's tables between its marks."""
    from maitred.kit.access import document

    page = RIGHTS.read_text(encoding="utf-8")
    for name, table in (("rights", document.rights()), ("fields", document.fields())):
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        page = f"{page.partition(begin)[0]}{begin}{table}{end}{page.partition(end)[2]}"
    return page


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    VERBS.write_text(verbs(), encoding="utf-8")
    RIGHTS.write_text(rights(), encoding="utf-8")
