"""The schema of live reading: where each stream stands, what is still to be read or missing, what may be asked."""

from __future__ import annotations

LIVE = """
    CREATE TABLE sync_stream (
        source_id TEXT NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL, cursor TEXT, version INTEGER NOT NULL,
        complete INTEGER NOT NULL DEFAULT 0, completed_at TEXT, reason TEXT NOT NULL DEFAULT '', server_time TEXT,
        pages INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0,
        listed TEXT NOT NULL DEFAULT '', changed_at TEXT NOT NULL, PRIMARY KEY (source_id, stream)
    ) WITHOUT ROWID;
    CREATE TABLE sync_run (
        number INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
        complete INTEGER, document TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX sync_run_source ON sync_run (source_id, number);
    CREATE TABLE sync_fetch (
        number INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, run INTEGER NOT NULL, stream TEXT NOT NULL,
        sha256 TEXT NOT NULL, records INTEGER NOT NULL, cursor_before TEXT, cursor_after TEXT NOT NULL,
        requests INTEGER NOT NULL, server_time TEXT NOT NULL, landed_at TEXT NOT NULL
    );
    CREATE INDEX sync_fetch_run ON sync_fetch (source_id, run, stream);
    CREATE TABLE sync_child (
        source_id TEXT NOT NULL, stream TEXT NOT NULL, parent TEXT NOT NULL, state BLOB NOT NULL,
        added INTEGER NOT NULL, done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (source_id, stream, parent)
    ) WITHOUT ROWID;
    CREATE INDEX sync_child_todo ON sync_child (source_id, stream, done, added);
    CREATE TABLE sync_gap (
        number INTEGER PRIMARY KEY AUTOINCREMENT, source_id TEXT NOT NULL, stream TEXT NOT NULL, subject TEXT NOT NULL,
        kind TEXT NOT NULL, message TEXT NOT NULL, found_at TEXT NOT NULL, resolved_at TEXT,
        UNIQUE (source_id, stream, subject, kind)
    );
    CREATE TABLE sync_bucket (
        source_id TEXT NOT NULL, bucket TEXT NOT NULL, tokens REAL NOT NULL, at REAL NOT NULL,
        per_minute REAL NOT NULL, burst REAL NOT NULL, closed_until REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (source_id, bucket)
    ) WITHOUT ROWID;
    CREATE TABLE sync_account (
        source_id TEXT PRIMARY KEY, vendor TEXT NOT NULL, probed_at TEXT, probe TEXT NOT NULL DEFAULT '{}',
        counted INTEGER, counted_at TEXT, reconciled_at TEXT, enums TEXT NOT NULL DEFAULT '{}'
    ) WITHOUT ROWID
"""

DAYS = """
    ALTER TABLE sync_account ADD COLUMN days TEXT NOT NULL DEFAULT '{}'
"""
"""What a comparison of counts by day found, as JSON."""
