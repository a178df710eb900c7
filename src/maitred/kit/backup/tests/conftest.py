"""A workspace that is made once and copied for each test, and an empty PostgreSQL database where there is a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from maitred.kit.backup.backing import backup
from maitred.kit.backup.tests.support import make_home, used

_SERVER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres connect_timeout=2"


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    home = tmp_path_factory.mktemp("backups") / "home"
    with django_db_blocker.unblock():
        make_home(home)
    return home


@pytest.fixture(autouse=True)
def _open(django_db_blocker: Any) -> Iterator[None]:
    """The databases of these tests are their own files."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def home(_made: Path, tmp_path: Path) -> Path:
    """A workspace for one test alone."""
    shutil.copytree(_made, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(scope="session")
def archive(_made: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """A backup of the workspace; read only."""
    copy = tmp_path_factory.mktemp("archive")
    shutil.copytree(_made, copy / "home")
    with django_db_blocker.unblock(), used(copy / "home"):
        backup(copy / "home", copy / "kept.maitred")
    return copy / "kept.maitred"


@pytest.fixture
def server() -> Iterator[Callable[[], dict[str, Any]]]:
    """Makes empty PostgreSQL databases; gives Django's settings of each."""
    psycopg = pytest.importorskip("psycopg")
    names: list[str] = []
    try:
        admin = psycopg.connect(_SERVER, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL server on 127.0.0.1:5432 lets the user postgres in")

    def make() -> dict[str, Any]:
        names.append(f"maitred_backup_{uuid4().hex[:10]}")
        admin.execute(f"CREATE DATABASE {names[-1]}")
        where = {"NAME": names[-1], "USER": "postgres", "HOST": "127.0.0.1", "PORT": "5432"}
        return {"ENGINE": "django.db.backends.postgresql", **where}

    yield make
    for name in names:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.close()
