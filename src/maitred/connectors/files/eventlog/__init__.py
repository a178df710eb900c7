"""Foreign event logs (CSV, Parquet, XES): reading them in pages, decoding them by a map, suggesting a first map.

For the import: ``inspect`` a file, ``read`` its pages and land their bodies, ``decode_log`` the rows. Times that could
be read in two ways are refused; a row that cannot be used is set aside with its reason; the rest is kept.

How values are read where the map leaves room: priorities by plain words or as ranks from 1 (most urgent), never by
guess (``words``); an activity with the standard XES lifecycle happens at its ``complete`` (``effects.happening``); rows
number from 1, the header not counted; fractions of a second order rows and are then cut off.
"""

from __future__ import annotations

from maitred.connectors.files.eventlog.decode import DecodedLog, decode_log, joined, learn, parted, wanted_columns
from maitred.connectors.files.eventlog.guess import suggest_map
from maitred.connectors.files.eventlog.learn import Learned
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.pages import Dialect, LogChunk, rows_of, sniff
from maitred.connectors.files.eventlog.reader import Source, inspect, read
from maitred.connectors.files.eventlog.roles import Roles

__all__ = [
    "DecodedLog",
    "Dialect",
    "Learned",
    "LogChunk",
    "Mapping",
    "Roles",
    "Source",
    "decode_log",
    "inspect",
    "joined",
    "learn",
    "parted",
    "read",
    "rows_of",
    "sniff",
    "suggest_map",
    "wanted_columns",
]
