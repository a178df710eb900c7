"""Installations for the tests of this folder."""

from __future__ import annotations

from maitred.kit.jobs.tests.houses import house, template

__all__ = ["house", "template"]
