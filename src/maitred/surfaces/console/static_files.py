"""Style sheets and scripts: hashed names, collected into the workspace when the server starts."""

from __future__ import annotations

from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names once the files are collected; before that plain ones, so that pages can be made without a server."""

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name


class Static(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serve what was collected; serve nothing where nothing was."""

    def add_files(self, root: str, prefix: str | None = None) -> None:
        if Path(root).is_dir():
            super().add_files(root, prefix)
