"""Training on the page of a person: what is open, late and done, and what other systems say."""

from __future__ import annotations


def register_section() -> None:
    """Put the section on the page."""
