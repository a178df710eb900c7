"""What the vault adds to the house when it starts: its sealed columns, for turning keys."""

from __future__ import annotations


def register() -> None:
    """Say which columns hold values sealed with the key of profiles, and in which place each stands."""
    from maitred.kit.secrets.keyring import Purpose
    from maitred.kit.secrets.rotation import COLUMNS, Column
    from maitred.kit.secrets.sealing import place

    table = "hiring_profile"
    COLUMNS.append(Column("hiring.Profile", "document", lambda row: place(table, row.pk, "document"), Purpose.PROFILES))
    COLUMNS.append(Column("hiring.Profile", "contact", lambda row: place(table, row.pk, "contact"), Purpose.PROFILES))
