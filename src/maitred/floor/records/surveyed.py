"""Canonical rows of surveys that no Zendesk file carries: recommendation and effort."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from maitred.floor.records import ids
from maitred.floor.records.columns import conform, instants
from maitred.floor.records.register import Register
from maitred.floor.surveys import relationship

_PASSIVE = (7, 8)


def nps(register: Register) -> pa.Table:
    """Would you recommend us, 0 to 10: one row per answer; promoters are good, detractors are not, others neither."""
    found = relationship(register.run, register.surveys)
    account, quarter = np.nonzero((found.rated >= 0) & (found.rated <= register.until))
    score = found.score[account, quarter].astype(np.int64)
    asked, rated = (register.origin + at[account, quarter] // 1000 for at in (found.asked, found.rated))
    number = ids.RELATIONSHIP + account * 1_000 + quarter
    n = len(account)
    columns = {
        "external_id": ids.texts(number),
        "source_updated_at": instants(rated),
        "ticket_key": pa.array(np.zeros(n, np.int64)),
        "requester_id": ids.texts(ids.of(ids.CUSTOMER, found.customer[account])),
        "kind": pa.repeat("nps", n),
        "scale": pa.repeat("0-10", n),
        "score_raw": ids.texts(score),
        "is_good": pa.array(score > _PASSIVE[1], mask=np.isin(score, _PASSIVE)),
        "offered_at": instants(asked),
        "rated_at": instants(rated),
    }
    return conform("satisfaction", register.source, n, columns)


def ces(register: Register) -> pa.Table:
    """How easy was it, 1 to 7: one row per answer."""
    found, tickets = register.surveys, register.run.tickets
    rated = found.effort_rated[register.positions]
    rank = np.flatnonzero((rated >= 0) & (rated <= register.until))
    positions = register.positions[rank]
    score = found.effort[positions].astype(np.int64)
    number = register.number(0, len(register))[rank]
    n = len(rank)
    columns = {
        "external_id": ids.texts((number << ids.STEP_BITS) + (1 << ids.STEP_BITS) - 2),
        "source_updated_at": instants(register.origin + rated[rank] // 1000),
        "ticket_key": pa.array(number),
        "ticket_id": ids.texts(number),
        "requester_id": ids.texts(ids.of(ids.CUSTOMER, tickets["customer"][positions])),
        "agent_id": ids.texts(ids.of(ids.AGENT, tickets["solver"][positions])),
        "group_id": ids.texts(ids.of(ids.GROUP, tickets["group"][positions].astype(np.int32))),
        "kind": pa.repeat("ces", n),
        "scale": pa.repeat("1-7", n),
        "score_raw": ids.texts(score),
        "is_good": pa.array(score >= 5),
        "offered_at": instants(register.origin + found.effort_asked[positions] // 1000),
        "rated_at": instants(register.origin + rated[rank] // 1000),
    }
    return conform("satisfaction", register.source, n, columns)
