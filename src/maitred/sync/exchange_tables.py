"""The schema of plans, outbox, journal and webhook deliveries: one element of the ledger's migrations."""

from __future__ import annotations

EXCHANGE = """
    CREATE TABLE write_plan (
        plan_id TEXT PRIMARY KEY, account TEXT NOT NULL, made_at TEXT NOT NULL, made_by TEXT NOT NULL,
        document TEXT NOT NULL, approved_at TEXT, approved_by TEXT
    );
    CREATE INDEX write_plan_account ON write_plan (account, made_at);
    CREATE TABLE write_outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT, plan_id TEXT NOT NULL REFERENCES write_plan (plan_id),
        account TEXT NOT NULL, ticket TEXT NOT NULL, key TEXT NOT NULL, ops TEXT NOT NULL,
        before_values TEXT NOT NULL, sent_stamp TEXT, state TEXT NOT NULL DEFAULT 'pending',
        why TEXT NOT NULL DEFAULT '', note TEXT, attempts INTEGER NOT NULL DEFAULT 0, changed_at REAL NOT NULL,
        UNIQUE (account, ticket, key)
    );
    CREATE INDEX write_outbox_state ON write_outbox (account, state, number);
    CREATE INDEX write_outbox_plan ON write_outbox (plan_id, number);
    CREATE TABLE write_journal (
        number INTEGER PRIMARY KEY AUTOINCREMENT, outbox INTEGER NOT NULL REFERENCES write_outbox (number),
        plan_id TEXT NOT NULL, account TEXT NOT NULL, ticket TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
        before_value TEXT NOT NULL, after_value TEXT NOT NULL, written_at TEXT NOT NULL
    );
    CREATE INDEX write_journal_plan ON write_journal (plan_id, number);
    CREATE TABLE hook_delivery (
        number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, delivery_id TEXT NOT NULL,
        ticket TEXT NOT NULL, body_sha256 TEXT NOT NULL, received_at REAL NOT NULL, done_at REAL,
        tries INTEGER NOT NULL DEFAULT 0, UNIQUE (account, delivery_id, ticket)
    );
    CREATE INDEX hook_delivery_open ON hook_delivery (account, done_at, tries, number);
    CREATE TABLE hook_rate (
        account TEXT PRIMARY KEY, second INTEGER NOT NULL, calls INTEGER NOT NULL
    ) WITHOUT ROWID
"""

CLAIMS = """
    CREATE TABLE write_claim (
        account TEXT NOT NULL, outbox INTEGER NOT NULL REFERENCES write_outbox (number), op TEXT NOT NULL,
        batch TEXT NOT NULL, PRIMARY KEY (account, outbox, op)
    ) WITHOUT ROWID
"""
"""Which change of the helpdesk's own history a sent operation answers for."""
