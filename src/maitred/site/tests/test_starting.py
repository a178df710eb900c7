"""The server refuses to start where somebody could get in who should not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from maitred.kit.secrets.keyring import Keyring
from maitred.site.starting import Unsafe, refusals, refuse_unsafe
from maitred.site.workspace import mail


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "DJANGO_DEBUG", "MAITRED_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def test_the_settings_of_the_tests_would_start() -> None:
    assert list(refusals()) == []
    refuse_unsafe()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ALLOWED_HOSTS": ["*"]}, "every host"),
        ({"ALLOWED_HOSTS": []}, "every host"),
        ({"ALLOWED_HOSTS": ["help.example.org", "*.example.org"]}, "every host"),
        ({"DEBUG": True}, "debugging"),
        ({"MAITRED_DEMO": True, "ALLOWED_HOSTS": ["help.example.org"]}, "demonstration"),
        ({"MAITRED_DEMO": True, "MAITRED_HTTPS": True}, "demonstration"),
    ],
)
def test_unsafe_settings_are_refused(settings: Any, changed: dict[str, Any], named: str) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    with pytest.raises(Unsafe, match=named):
        refuse_unsafe()


def test_no_keys_no_start(settings: Any, tmp_path: Path) -> None:
    settings.MAITRED_HOME = tmp_path
    with pytest.raises(Unsafe, match="no keys"):
        refuse_unsafe()


@pytest.mark.parametrize("name", ["DEBUG", "DJANGO_DEBUG", "MAITRED_DEBUG"])
def test_debugging_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "0")
    refuse_unsafe()
    monkeypatch.setenv(name, "True")
    with pytest.raises(Unsafe, match="debugging"):
        refuse_unsafe()


def test_a_demonstration_at_home_starts(settings: Any) -> None:
    settings.MAITRED_DEMO = True
    refuse_unsafe()
    assert list(refusals()) == []


def test_mail_is_set_with_its_password_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MAIL", "pw")
    told = mail({"host": "mail.example.org", "user": "u", "password": "env:TEST_MAIL"})
    assert told == {"host": "mail.example.org", "user": "u", "password": "pw"}
    assert mail(None) == mail({}) == {}


_TOLD = """
import json
import django
django.setup()
from django.conf import settings as s
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
print(json.dumps({"session": s.SESSION_COOKIE_NAME, "csrf": s.CSRF_COOKIE_NAME, "secure": s.SESSION_COOKIE_SECURE,
    "hsts": s.SECURE_HSTS_SECONDS, "redirect": s.SECURE_SSL_REDIRECT, "debug": s.DEBUG, "age": s.SESSION_COOKIE_AGE}))
"""


def _workspace(folder: Path) -> Path:
    (folder / "maitred.json").write_text("{}")
    Keyring(folder / "keys").create()
    return folder


@pytest.mark.slow
def test_behind_tls_the_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "MAITRED_HOME": str(_workspace(tmp_path)),
        "MAITRED_HTTPS": "1",
        "MAITRED_HOSTS": "help.example.org",
        "DJANGO_SETTINGS_MODULE": "maitred.site.settings",
    }
    done = subprocess.run([sys.executable, "-c", _TOLD], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "session": "__Host-maitred_session",
        "csrf": "__Host-maitred_csrf",
        "secure": True,
        "hsts": 63_072_000,
        "redirect": True,
        "debug": False,
        "age": 43_200,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "named"), [({"MAITRED_HOSTS": "*"}, "every host"), ({"DJANGO_DEBUG": "1"}, "debugging")]
)
def test_the_server_entry_refuses_as_well(tmp_path: Path, more: dict[str, str], named: str) -> None:
    env = {**os.environ, "MAITRED_HOME": str(_workspace(tmp_path)), **more}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", "import maitred.site.wsgi"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert named in done.stderr
