"""Engines: one small door through which metrics query pinned Delta tables, on this machine or on a Spark server.

An engine reads each table at the version that a publication pinned, defines plain views over them, and runs queries
that were composed with sqlglot. Nothing else in the house names DuckDB or Spark.
"""

from __future__ import annotations

from maitred.warehouse.engines.engine import DeltaPin, Engine, open_engine

__all__ = ["DeltaPin", "Engine", "open_engine"]
