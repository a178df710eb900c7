"""Settings of the tests: the product's own, on a workspace of their own; ``MAITRED_TEST_DATABASE`` names PostgreSQL."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="maitred-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["MAITRED_HOME"] = str(_HOME)

from maitred.kit.secrets.keyring import Keyring  # noqa: E402

Keyring(_HOME / "keys").create()

from maitred.kit.secrets.address import settings_of  # noqa: E402
from maitred.site.settings import *  # noqa: E402, F403

if os.environ.get("MAITRED_TEST_DATABASE"):
    DATABASES = {"default": settings_of(os.environ["MAITRED_TEST_DATABASE"])}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
