"""Which incoming rows change a stored table: newest per key, compared with what the touched files hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from maitred.warehouse.store import Spec

LINE = "_line"
FEW_KEYS = 2_000
"""Named one by one, reading the keys of 500 tickets out of 12 million rows took 0.4 s instead of 1.0 s."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that change the table, with ``_file`` = the file whose row each replaces (null: a new row)."""

    changed: pa.Table


def session() -> Any:
    """A DuckDB connection that reads nothing but what it is given; all of a process share one closed database."""
    con = _database().cursor()
    con.execute("SET TimeZone='UTC'")
    return con


@cache
def _database() -> Any:
    import duckdb

    return duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            "threads": 2,
            "memory_limit": "1GB",
        }
    )


def newest(rows: pa.Table) -> pa.Table:
    """Keep the newest row of each ``(source_id, external_id)``, ties broken by load sequence, then by line."""
    con = session()
    con.register("incoming", rows)
    distinct = con.execute("SELECT count(DISTINCT hash(source_id, external_id)) FROM incoming").fetchall()[0][0]
    if distinct == rows.num_rows:
        return rows
    line = LINE if LINE in rows.schema.names else "0"
    return con.sql(
        f"SELECT * FROM incoming QUALIFY row_number() OVER (PARTITION BY source_id, external_id "
        f"ORDER BY source_updated_at DESC, load_seq DESC, {line} DESC, raw_hash DESC) = 1"
    ).to_arrow_table()


def compare(rows: pa.Table, paths: Sequence[str], spec: Spec, moving: bool = False) -> Found:
    """Rows that are new or newer than what the files hold, wherever in them where rows may be ``moving``."""
    con = session()
    con.register("incoming", rows)
    con.execute("SET VARIABLE files = $1", [list(paths)])
    span = ""
    if "ticket_key" in spec.schema.names and not moving:
        span = f"WHERE {_near(pc.unique(rows['ticket_key']))}"
    con.execute(
        "CREATE TEMP TABLE stored AS SELECT s.source_id, s.external_id, s.source_updated_at, s.raw_hash, s.load_seq, "
        f"s.first_seen_at, s.filename FROM (SELECT * FROM read_parquet(getvariable('files'), filename=true) {span}) s "
        "SEMI JOIN incoming i ON s.source_id = i.source_id AND s.external_id = i.external_id"
    )
    extra = [LINE] if LINE in rows.schema.names else []
    names = [f"i.{name}" for name in [*spec.schema.names, *extra] if name != "first_seen_at"]
    changed = con.sql(
        f"SELECT {', '.join(names)}, coalesce(s.first_seen_at, i.first_seen_at) AS first_seen_at, s.filename AS _file "
        "FROM incoming i LEFT JOIN stored s ON s.source_id = i.source_id AND s.external_id = i.external_id "
        "WHERE s.external_id IS NULL OR i.source_updated_at > s.source_updated_at "
        "OR (i.source_updated_at = s.source_updated_at AND i.raw_hash <> s.raw_hash AND i.load_seq > s.load_seq)"
    ).to_arrow_table()
    typed = changed.select(spec.schema.names).cast(spec.schema)
    for name in (*extra, "_file"):
        typed = typed.append_column(name, changed[name])
    return Found(typed)


def _near(keys: pa.Array) -> str:
    """A condition on the ticket key that spares the reader most of a file: few keys are named, many only bounded."""
    if len(keys) <= FEW_KEYS:
        return f"ticket_key IN ({', '.join(str(int(key)) for key in keys.to_pylist())})"
    bounds = pc.min_max(keys).as_py()
    return f"ticket_key BETWEEN {int(bounds['min'])} AND {int(bounds['max'])}"


def without(stored: pa.Table, replaced: pa.Table) -> pa.Table:
    """Stored rows whose key is not among the replaced ones."""
    con = session()
    con.register("stored", stored)
    con.register("replaced", replaced.select(["source_id", "external_id"]))
    return (
        con.sql(
            "SELECT * FROM stored s ANTI JOIN replaced r ON s.source_id = r.source_id AND s.external_id = r.external_id"
        )
        .to_arrow_table()
        .cast(stored.schema)
    )


def content_hash(rows: pa.Table, names: Sequence[str]) -> pa.Array:
    """16 bytes of SHA-256 over ``name=value`` of the named columns of each row that are not null; shape (n,)."""
    con = session()
    con.register("incoming", rows)
    parts = ["''"]
    for name in sorted(names):
        if rows[name].null_count == rows.num_rows:
            continue
        column = f'"{name}"'
        if pa.types.is_timestamp(rows.schema.field(name).type):
            column = f"epoch_us({column})"
        parts.append(f"'{name}=' || {column}::VARCHAR")
    text = f"concat_ws(chr(31), {', '.join(parts)})"
    table = con.sql(f"SELECT unhex(left(sha256({text}), 32)) AS h FROM incoming").to_arrow_table()
    return table["h"].combine_chunks()
