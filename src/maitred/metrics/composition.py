"""Writes the queries of a metric out of its declared pieces; values only ever travel as parameters.

Every metric has the same inner shape, one row per facts row in the window: its dimensions, a ``state`` (0 excluded,
1 has a value, 2 right-censored) and the integer ``value``. Counting the rows of that shape by value gives everything
that shares, means, exact quantiles and survival curves need; selecting them gives the drill-down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby

from sqlglot import exp, parse_one

from maitred.base.errors import UsageError
from maitred.metrics.catalogue import Metric
from maitred.metrics.catalogue.dimensions import IDENTIFIED, PERIODS
from maitred.metrics.scope import NOBODY, External, Scope, holders, permit, person_column
from maitred.metrics.windows import Window, bucket_sql, buckets, midnight
from maitred.warehouse.engines import Engine
from maitred.warehouse.engines.engine import Value

EXCLUDED, VALUED, CENSORED = 0, 1, 2
AGE = "(UNIX_MICROS(snapshot_at) - UNIX_MICROS(created_at)) DIV 1000000"
"""The value of snapshots of an age, as the catalogue writes it."""
_MOST_SNAPSHOTS = 60
_DESKS_GO_ON = timedelta(days=1_500)


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a publication and the instant up to which each is known."""

    as_of: Mapping[str, datetime]

    @property
    def latest(self) -> datetime:
        return max(self.as_of.values(), default=datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Question:
    """One metric over one window, cut by dimensions and filtered, as far as its reader may see."""

    metric: Metric
    window: Window
    sources: Sources
    scope: Scope
    by: tuple[str, ...] = ()
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = (*self.metric.dimensions, *PERIODS)
        for name in (*self.by, *self.where):
            if name not in known:
                raise UsageError(f"{self.metric.id} has no dimension {name!r}", f"use {', '.join(known)}")
        if len(set(self.by)) != len(self.by):
            raise UsageError("a dimension is named twice")
        if sum(name in PERIODS for name in self.by) > 1:
            raise UsageError("only one of day, week and month can be used at once")
        for name in self.where:
            if name in PERIODS:
                raise UsageError(f"{name} cannot be filtered", "give --from and --to")
        permit(self.scope, self.metric, self.by, self.where)

    @property
    def period(self) -> str | None:
        """The calendar dimension, if there is one."""
        return next((name for name in self.by if name in PERIODS), None)

    @property
    def horizon(self) -> datetime:
        """The instant until which rows may lie: as-of, or well after it for what desks record in their own time."""
        return self.sources.latest + (_DESKS_GO_ON if self.metric.of_people else timedelta(0))


@dataclass(slots=True)
class Query:
    """A composed query and the values of its parameters."""

    rows: exp.Select
    params: dict[str, Value]


def counted(question: Question) -> Query:
    """How many rows have each (dimensions, state, value).

    Columns ``d0``.. (dimensions in the order asked), ``state``, ``value``, ``n``.
    """
    query = rows_of(question)
    keys = [*_names("d", question.by), "state", "value"]
    query.rows = exp.select(*keys, _count("n")).from_(query.rows.subquery("r")).group_by(*keys)
    return query


def one_by_one(question: Question) -> Query:
    """The columns of ``counted``, uncounted, and the cluster columns ``c0``.. of each row."""
    query = rows_of(question)
    keys = [*_names("d", question.by), *_names("c", clusters(question)), "state", "value"]
    query.rows = exp.select(*keys, exp.alias_(exp.cast(exp.Literal.number(1), "bigint"), "n")).from_(
        query.rows.subquery("r")
    )
    return query


def cluster_sums(question: Question) -> Query:
    """For a share of clustered rows, all that its interval needs in one pass.

    Columns ``d0``.., ``n``, ``hits`` and ``excluded`` rows, ``clusters`` with a value, and over these the sums ``mm``,
    ``ms`` and ``ss`` of m², m·s and s², where a cluster has m rows of which s have the claim.
    """
    query = rows_of(question)
    keys = _names("d", question.by)
    counts, out = exp.column("state").eq(VALUED), exp.column("state").eq(EXCLUDED)
    per_cluster = (
        exp.select(*keys, _total(_one(counts), "m"), _total(_one(out), "x"), _total(exp.column("value"), "s"))
        .from_(query.rows.subquery("r"))
        .group_by(*keys, *_names("c", clusters(question)))
    )
    m, s = exp.column("m"), exp.Coalesce(this=exp.column("s"), expressions=[exp.Literal.number(0)])
    query.rows = exp.select(
        *keys,
        _total(m, "n"),
        _total(s, "hits"),
        _total(exp.column("x"), "excluded"),
        _total(_one(exp.column("m") > 0), "clusters"),
        *(
            _total(exp.Mul(this=left, expression=right), name)
            for left, right, name in ((m, m, "mm"), (m, s, "ms"), (s, s, "ss"))
        ),
    ).from_(per_cluster.subquery("g"))
    if keys:
        query.rows = query.rows.group_by(*keys)
    return query


def spells(question: Question) -> Query:
    """For a snapshot count: rows by (dimensions, state, local day they begin, local day they end or null).

    A row is alive at the end of every day from its first up to the one before its last. Columns ``d0``.. for the
    dimensions other than the period, ``state``, ``first_day``, ``last_day``, ``n``.
    """
    metric, latest = question.metric, question.sources.latest
    params: dict[str, Value] = {}
    everything = replace(
        question,
        by=tuple(name for name in question.by if name not in PERIODS),
        window=replace(question.window, first=None, last=None),
    )
    kept = _kept(everything, params)
    days = [
        exp.alias_(bucket_sql("day", exp.column(name, quoted=True), everything.window, latest), alias)
        for name, alias in ((metric.at, "first_day"), (metric.until, "last_day"))
    ]
    dimensions = [exp.alias_(_dimension(name, everything), f"d{place}") for place, name in enumerate(everything.by)]
    state = exp.Case().when(kept, exp.Literal.number(VALUED)).else_(exp.Literal.number(EXCLUDED))
    rows = exp.select(*dimensions, exp.alias_(state, "state"), *days)
    rows = rows.from_(exp.to_table(metric.facts)).where(
        exp.column(metric.at, quoted=True).is_(exp.null()).not_(), *_where(everything, params)
    )
    keys = [*_names("d", everything.by), "state", "first_day", "last_day"]
    return Query(exp.select(*keys, _count("n")).from_(rows.subquery("r")).group_by(*keys), params)


def unfiltered(question: Question, columns: Sequence[str]) -> Query:
    """Every row of the question's metric that has an instant, whatever the question narrows.

    Columns ``source_id``, ``ticket_key``, ``at_instant``, ``state``, ``value``, the cluster columns ``c0``.., and
    ``k0``.. for columns of the facts; of a snapshot no clusters but ``until_instant``, and its state knows nothing of a
    value. The value of an age is the instant from which it counts, in microseconds.
    """
    metric, window = question.metric, replace(question.window, first=None, last=None)
    bare = replace(question, by=(), where={}, scope=Scope.everything(), window=window)
    more = [exp.alias_(exp.column(name, quoted=True), f"k{place}") for place, name in enumerate(columns)]
    if is_snapshot(metric):
        params: dict[str, Value] = {}
        value = _parsed("UNIX_MICROS(created_at)") if metric.value == AGE else exp.Literal.number(1)
        state = exp.Case().when(_kept(bare, params), exp.Literal.number(VALUED)).else_(exp.Literal.number(EXCLUDED))
        at, until = (exp.column(name, quoted=True) for name in (metric.at, metric.until))
        rows = exp.select(
            exp.column("source_id", quoted=True),
            exp.column("ticket_key", quoted=True),
            exp.alias_(at, "at_instant"),
            exp.alias_(until, "until_instant"),
            exp.alias_(exp.cast(state, "int"), "state"),
            exp.alias_(exp.cast(value.copy(), "bigint"), "value"),
            *more,
        )
        return Query(rows.from_(exp.to_table(metric.facts)).where(at.copy().is_(exp.null()).not_()), params)
    query = rows_of(bare, *more)
    own = ("source_id", "ticket_key", "at_instant", "state", "value")
    names = (*own, *_names("c", clusters(bare)), *_names("k", columns))
    query.rows = exp.select(*names).from_(query.rows.subquery("r"))
    return query


def behind(question: Question) -> Query:
    """Who stands behind a figure, told apart by the filters' dimensions too.

    Columns ``d0``.. for the dimensions of ``apart``, ``inside`` (1: the filters keep the row), ``source_id`` and
    ``person`` (null: nobody); rows outside the filters are there as well, since they are what a figure can be compared
    with.
    """
    params: dict[str, Value] = {}
    filters = _where(question, params, scoped=False)
    wider = replace(question, by=apart(question), where={})
    column = person_column(question.metric)
    person = exp.cast(exp.null(), "text") if column is None else exp.column(column, quoted=True)
    inside = exp.Case().when(exp.and_(exp.true(), *filters), exp.Literal.number(1)).else_(exp.Literal.number(0))
    query = rows_of(wider, exp.alias_(inside, "inside"), exp.alias_(person, "person"))
    keys = [*_names("d", wider.by), "inside", "source_id", "person"]
    rows = exp.select(*keys).from_(query.rows.subquery("r")).where(exp.column("state").neq(EXCLUDED))
    return Query(rows.distinct(), params | query.params)


def apart(question: Question) -> tuple[str, ...]:
    """The dimensions by which rows are cut or filtered."""
    return tuple(dict.fromkeys((*question.by, *question.where)))


def clusters(question: Question) -> tuple[str, ...]:
    """The columns that make a cluster; the source matters only where there are several."""
    return question.metric.cluster if len(question.sources.as_of) == 1 else ("source_id", *question.metric.cluster)


def _names(stem: str, columns: Sequence[str]) -> list[str]:
    return [f"{stem}{place}" for place in range(len(columns))]


def _count(name: str) -> exp.Expr:
    return exp.alias_(exp.Count(this=exp.Star()), name)


def _one(claim: exp.Expr) -> exp.Expr:
    return exp.Case().when(claim, exp.Literal.number(1)).else_(exp.Literal.number(0))


def _total(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(exp.cast(exp.Sum(this=value.copy()), "bigint"), name)


def rows_of(question: Question, *also: exp.Expr, among: Sequence[int] | None = None) -> Query:
    """One row per facts row in the window, scope and filters, or of some tickets; ``also`` are further columns."""
    metric = question.metric
    params: dict[str, Value] = {}
    snapshot = is_snapshot(metric)
    inner = exp.select("f.*", exp.alias_(_kept(question, params), "kept"), exp.alias_(_value(question, params), "own"))
    inner = inner.select(exp.alias_(_bound(question, params), "so_far"))
    if not snapshot:
        inner = inner.select(exp.alias_(_piece(metric.at, question, params), "at_instant"))
    inner = inner.from_(_source(question, params)).where(*_filters(question, params))
    if among is not None:
        keys = [exp.Literal.number(key) for key in among]
        inner = inner.where(exp.column("ticket_key", quoted=True).isin(*keys) if keys else exp.false())
    dimensions = [exp.alias_(_dimension(name, question), f"d{place}") for place, name in enumerate(question.by)]
    grouped = [exp.alias_(exp.column(name), f"c{place}") for place, name in enumerate(clusters(question))]
    names = dict.fromkeys(("source_id", "ticket_key", "ticket_id", *metric.row))
    kept, own, so_far = exp.column("kept"), exp.column("own"), exp.column("so_far")
    state = (
        exp.Case()
        .when(kept.and_(own.is_(exp.null()).not_()), exp.Literal.number(VALUED))
        .when(kept.and_(so_far.is_(exp.null()).not_()), exp.Literal.number(CENSORED))
        .else_(exp.Literal.number(EXCLUDED))
    )
    value = exp.Case().when(kept, exp.Coalesce(this=own, expressions=[so_far])).else_(exp.null())
    moment = exp.alias_(exp.column("snapshot_at"), "at_instant") if snapshot else exp.column("at_instant")
    rows = exp.select(
        *names,
        *grouped,
        *dimensions,
        moment,
        *(["snapshot_at"] if snapshot else []),
        exp.alias_(exp.cast(state, "int"), "state"),
        exp.alias_(exp.cast(value, "bigint"), "value"),
        *also,
    )
    return Query(rows.from_(inner.subquery("i")), params)


def _source(question: Question, params: dict[str, Value]) -> exp.Expr:
    """The facts view; for a snapshot metric each of its rows beside every instant at which it is alive."""
    facts = exp.alias_(exp.to_table(question.metric.facts), "f", table=True)
    if not is_snapshot(question.metric):
        return facts
    every, instants = few_snapshots(question), []
    for place, (label, instant) in enumerate(every):
        params[f"snapshot_{place}"] = _text(instant)
        params[f"label_{place}"] = label
        at, name = _instant(f"snapshot_{place}"), exp.Placeholder(this=f"label_{place}")
        instants.append(exp.select(exp.alias_(at, "snapshot_at"), exp.alias_(exp.cast(name, "text"), "snapshot_label")))
    together: exp.Query = instants[0]
    for one in instants[1:]:
        together = exp.union(together, one, distinct=False)
    both = exp.select("f.*", "s.snapshot_at", "s.snapshot_label").from_(facts)
    alive = parse_one(
        f"f.{question.metric.at} <= s.snapshot_at AND (f.{question.metric.until} IS NULL OR "
        f"f.{question.metric.until} > s.snapshot_at)"
    )
    return both.join(together.subquery("s"), on=alive).subquery("f")


def few_snapshots(question: Question) -> list[tuple[str, datetime]]:
    """Like ``snapshots``, where each of them is looked at row by row.

    Raises
    ------
    UsageError
        There are too many of them.
    """
    every = snapshots(question)
    if len(every) > _MOST_SNAPSHOTS:
        raise UsageError(
            f"{len(every)} snapshots are too many for rows or ages", "choose week or month, or a shorter period"
        )
    return every


def snapshots(question: Question) -> list[tuple[str, datetime]]:
    """Label and instant of each snapshot: the end of each bucket's last day, or as-of where that is earlier."""
    return [(label, _end_of(day, question)) for label, day in snapshot_days(question)]


def snapshot_days(question: Question) -> list[tuple[str, date]]:
    """Label and local day of each snapshot: the last day of the window, or of each bucket in it, up to as-of."""
    window, period = question.window, question.period
    latest = question.sources.latest.astimezone(window.zone).date()
    last = min(window.last or latest, latest)
    if period is None:
        return [("", last)]
    if window.first is None:
        raise UsageError(f"{question.metric.id} by {period} needs a period", "give --from")
    return buckets(period, window.first, last)  # type: ignore[arg-type]


def _end_of(day: date, question: Question) -> datetime:
    """23:59:59 of a local day, or as-of where that is earlier."""
    return min(midnight(day + timedelta(days=1), question.window.zone) - timedelta(seconds=1), question.sources.latest)


def _kept(question: Question, params: dict[str, Value]) -> exp.Expr:
    metric = question.metric
    claims = [_piece(metric.population, question, params)]
    if metric.needs_history:
        claims.append(exp.column("history_complete", quoted=True))
    if metric.maturity_days:
        old = f"UNIX_MICROS({metric.at}) <= UNIX_MICROS(as_of) - {metric.maturity_days * 86_400_000_000}"
        claims.append(_piece(old, question, params))
    return exp.Coalesce(this=exp.and_(*claims), expressions=[exp.false()])


def _value(question: Question, params: dict[str, Value]) -> exp.Expr:
    metric = question.metric
    if metric.numerator:
        counts = exp.Coalesce(this=exp.paren(_piece(metric.numerator, question, params)), expressions=[exp.false()])
        return exp.Case().when(counts, exp.Literal.number(1)).else_(exp.Literal.number(0))
    return _piece(metric.value, question, params)


def _bound(question: Question, params: dict[str, Value]) -> exp.Expr:
    metric = question.metric
    if not metric.censored:
        return exp.cast(exp.null(), "bigint")
    running = _piece(metric.censored, question, params)
    return exp.Case().when(running, _piece(metric.bound, question, params)).else_(exp.null())


def _filters(question: Question, params: dict[str, Value]) -> list[exp.Expr]:
    metric, window = question.metric, question.window
    found: list[exp.Expr] = []
    if not is_snapshot(metric):
        found.append(_piece(f"({metric.at}) IS NOT NULL", question, params))
        for name, instant, operator in (("window_start", window.start, ">="), ("window_end", window.end, "<")):
            if instant is not None:
                params[name] = _text(instant)
                found.append(_piece(f"{metric.at} {operator} CAST(:{name} AS TIMESTAMPTZ)", question, params))
    return found + _where(question, params)


def _where(question: Question, params: dict[str, Value], scoped: bool = True) -> list[exp.Expr]:
    found = _visible(question, params) if scoped else []
    for place, (name, values) in enumerate(question.where.items()):
        found.append(_one_of(name, values, f"w{place}", question, params))
    return found


def _visible(question: Question, params: dict[str, Value]) -> list[exp.Expr]:
    """The scope: rows of its groups or people, and where people are told apart only those it may name."""
    scope = question.scope
    found: list[exp.Expr] = []
    if scope.restricted:
        columns = holders(scope, question.metric).items()
        found.append(exp.paren(exp.or_(*(_among(column, ids, f"in_{column}", params) for column, ids in columns))))
    if scope.people_dimensions is not None and "assignee" in apart(question):
        column = question.metric.dimensions["assignee"]
        nobody = exp.column(column, quoted=True).is_(exp.null())
        found.append(exp.paren(exp.or_(nobody, _among(column, scope.people_dimensions, "named", params))))
    return found


def _among(column: str, ids: frozenset[External], stem: str, params: dict[str, Value]) -> exp.Expr:
    """The column is one of the ids of the row's own source."""
    choices: list[exp.Expr] = []
    for place, (source, those) in enumerate(groupby(sorted(ids), key=lambda one: one[0])):
        params[f"{stem}_{place}"] = source
        own = {f"{stem}_{place}_{number}": external for number, (_, external) in enumerate(those)}
        params.update(own)
        same = exp.column("source_id", quoted=True).eq(exp.Placeholder(this=f"{stem}_{place}"))
        one_of = exp.In(this=exp.column(column, quoted=True), expressions=[exp.Placeholder(this=name) for name in own])
        choices.append(exp.and_(same, one_of))
    return exp.paren(exp.or_(*choices))


def _one_of(name: str, values: Sequence[str], stem: str, question: Question, params: dict[str, Value]) -> exp.Expr:
    """The dimension equals one of the values; ``none`` finds rows without one, ids may carry their source."""
    column = exp.column(question.metric.dimensions[name], quoted=True)
    choices: list[exp.Expr] = []
    for place, value in enumerate(values):
        source, _, rest = value.partition(":")
        if value == NOBODY:
            choices.append(column.copy().is_(exp.null()))
            continue
        own = f"{stem}_{place}"
        if name in IDENTIFIED and source in question.sources.as_of and rest:
            params[own], params[f"{own}_source"] = rest, source
            same = exp.column("source_id", quoted=True).eq(exp.Placeholder(this=f"{own}_source"))
            choices.append(exp.and_(column.copy().eq(exp.Placeholder(this=own)), same))
        else:
            params[own] = value
            choices.append(column.copy().eq(exp.Placeholder(this=own)))
    return exp.paren(exp.or_(*choices))


def _dimension(name: str, question: Question) -> exp.Expr:
    if name in PERIODS:
        if is_snapshot(question.metric):
            return exp.column("snapshot_label")
        return bucket_sql(name, exp.column("at_instant"), question.window, question.horizon)  # type: ignore[arg-type]
    column = exp.column(question.metric.dimensions[name], quoted=True)
    if name in IDENTIFIED and len(question.sources.as_of) > 1:
        return (
            exp.Case()
            .when(column.is_(exp.null()), exp.null())
            .else_(
                exp.DPipe(
                    this=exp.DPipe(this=exp.column("source_id", quoted=True), expression=exp.Literal.string(":")),
                    expression=column.copy(),
                )
            )
        )
    return column


def _piece(text: str, question: Question, params: dict[str, Value]) -> exp.Expr:
    """A declared piece with its identifiers quoted and ``as_of`` replaced by the instants of the sources."""

    def replaced(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        if node.name == "as_of":
            return _as_of(question.sources, params)
        return exp.column(node.name, quoted=True)

    return _parsed(text).transform(replaced)


@cache
def _parsed(text: str) -> exp.Expr:
    return parse_one(text)


def _as_of(sources: Sources, params: dict[str, Value]) -> exp.Expr:
    names = sorted(sources.as_of)
    for place, name in enumerate(names):
        params[f"as_of_{place}"] = _text(sources.as_of[name])
        params[f"source_{place}"] = name
    if len(names) == 1:
        return _instant("as_of_0")
    case = exp.Case()
    for place in range(len(names)):
        case = case.when(
            exp.column("source_id", quoted=True).eq(exp.Placeholder(this=f"source_{place}")), _instant(f"as_of_{place}")
        )
    return case if names else exp.cast(exp.null(), "timestamptz")


def sources_of(engine: Engine) -> Sources:
    """The as-of instant of each source, from the facts of its tickets."""
    if not engine.knows("ticket_facts"):
        return Sources({})
    latest = exp.alias_(exp.Max(this=exp.column("as_of", quoted=True)), "as_of")
    rows = engine.query(exp.select("source_id", latest).from_("ticket_facts").group_by("source_id"))
    return Sources({row["source_id"]: row["as_of"] for row in rows.to_pylist()})


def is_snapshot(metric: Metric) -> bool:
    return metric.kind.startswith("snapshot")


def _instant(name: str) -> exp.Expr:
    return exp.cast(exp.Placeholder(this=name), "timestamptz")


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00:00")
