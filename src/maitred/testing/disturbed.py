"""Whether reading gets over what goes wrong on the way, and says so where it does not.

A passing fault must change nothing but the number of requests. A lasting one must end the stream with ``Refused``: no
other exception, and no page that claims to be complete.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from maitred.connectors.doubling import Answer, Fault, Request
from maitred.connectors.live import Fetched, Refused
from maitred.testing.bench import Bench, Sitting, shown, sitting, texts

_PASSING: tuple[tuple[str, object], ...] = (
    *(("status", 500), ("status", 504), ("html_502", None), ("html_200", None), ("truncated_json", None)),
    *(("truncated_gzip", None), ("reset", None), ("status_429", None), ("status_429", "0")),
)
_LASTING: tuple[tuple[str, object], ...] = (
    *(("status", 403), ("status", 401), ("status", 500), ("html_200", None), ("truncated_json", None)),
    *(("reset", None), ("redirect", "http://192.0.2.1/")),
)
_OTHER_FORMS = (b"null", b"{}", b"[]", b'"text"', b"7", b'[{"unexpected": true}]', b'{"error": "none"}')
_FOREVER = 1_000_000


def passing_faults_change_nothing(bench: Bench) -> None:
    """Server errors, pages of HTML, cut-off replies, broken connections: a stream still gives the same records."""
    with sitting(bench) as seat:
        for name in _settled(seat):
            whole = texts(seat.read(name))
            requests = _requests_of(seat, name)
            for number, (kind, value) in enumerate(_PASSING):
                seat.between.faults = [Fault(kind, nth=1 + number % max(requests, 1), value=value)]
                _same(seat, name, whole, f"{kind} {value or ''}".strip())
            seat.between.faults = []


def pauses_are_kept(bench: Bench) -> None:
    """Nothing is asked of a bucket before the time that ``Retry-After`` names, be it seconds or a date, has come."""
    rule = "nothing is asked before the time that Retry-After names"
    with sitting(bench) as seat:
        for name in _settled(seat):
            whole = texts(seat.read(name))
            requests = _requests_of(seat, name)
            for nth in sorted({1, requests}):
                soon = format_datetime(seat.between.clock.now() + timedelta(seconds=300), usegmt=True)
                for kind, value in (("status_429", "90"), ("status", (503, "45")), ("status_429", soon)):
                    seat.between.faults = [Fault(kind, nth=nth, times=2, value=value)]
                    refused, pages = _tried(seat, name, kind)
                    early = seat.between.early
                    bench.require(not early, rule, f"{name} asked too early: {early[0] if early else ''}")
                    _held(seat, name, whole, f"{kind} with Retry-After {value}", refused, pages)
            seat.between.faults = []


def lasting_faults_are_refused(bench: Bench) -> None:
    """Where a stream cannot go on it raises ``Refused``, and never says that it is complete."""
    with sitting(bench) as seat:
        for name in _settled(seat):
            requests = _requests_of(seat, name)
            begun = [(1, kind, value) for kind, value in _LASTING] if requests else []
            ending = [(requests, "status", 403), (requests, "html_200", None)] if requests > 1 else []
            for nth, kind, value in (*begun, *ending):
                seat.between.faults = [Fault(kind, nth=nth, times=_FOREVER, value=value)]
                refused, pages = _tried(seat, name, f"{kind} {value or ''}".strip())
                _is_told(bench, name, f"{kind} {value or ''}".strip(), refused, pages)
            seat.between.faults = []


def other_forms_are_refused(bench: Bench) -> None:
    """A reply of sound JSON that is not what was asked for may be refused, but raises nothing else."""
    with sitting(bench) as seat:
        for name in _settled(seat):
            for content in _OTHER_FORMS:
                seat.between.spoil = _answering(content)
                _tried(seat, name, f"a reply of {content.decode()}")
            seat.between.spoil = lambda request: None


def a_withheld_stream_stays_alone(bench: Bench) -> None:
    """A stream that is forbidden is refused; every other one is read as if nothing were, by the same connector."""
    with sitting(bench) as seat:
        whole = {name: texts(seat.read(name)) for name in _settled(seat)}
        for name in _settled(seat):
            seat.between.faults = [Fault("status", times=_FOREVER, value=403)]
            refused, pages = _tried(seat, name, "403")
            _is_told(bench, name, "403", refused, pages)
            seat.between.faults = []
        for name, records in whole.items():
            _same(seat, name, records, "403 in other streams")


def _settled(seat: Sitting) -> tuple[str, ...]:
    """The streams, once signed in, probed and with the parents of children known: what follows may be disturbed."""
    assert isinstance(seat.parents, dict)
    return seat.available


def _same(seat: Sitting, name: str, whole: set[bytes], disturbance: str) -> None:
    """Read a stream once more, and hold it against what it gave undisturbed."""
    refused, pages = _tried(seat, name, disturbance)
    _held(seat, name, whole, disturbance, refused, pages)


def _held(
    seat: Sitting, name: str, whole: set[bytes], disturbance: str, refused: Refused | None, pages: list[Fetched]
) -> None:
    rule = "a passing fault changes nothing"
    what = f"{name}, after {disturbance},"
    if refused is not None:
        raise seat.bench.broken(rule, f"{what} was refused ({refused})") from refused
    found = texts(pages)
    lost, new = whole - found, found - whole
    seat.bench.require(not lost, rule, f"{what} left out {shown(lost) if lost else ''}")
    seat.bench.require(not new, rule, f"{what} gave other records, {shown(new) if new else ''}")
    seat.bench.require(pages and pages[-1].complete, rule, f"{what} did not reach its end")


def _tried(seat: Sitting, name: str, disturbance: str) -> tuple[Refused | None, list[Fetched]]:
    """The pages until a refusal, and the refusal; any other exception breaks the contract."""
    pages: list[Fetched] = []
    try:
        pages.extend(seat.pages(name))
    except Refused as refused:
        return refused, pages
    except AssertionError:
        raise
    except Exception as error:
        rule = "a stream that cannot go on raises Refused"
        told = f"{name}, after {disturbance}, raised {type(error).__name__} ({error})"
        raise seat.bench.broken(rule, told) from error
    return None, pages


def _is_told(bench: Bench, name: str, fault: str, refused: Refused | None, pages: list[Fetched]) -> None:
    rule = "a lasting fault is told, not passed over"
    claimed = bool(pages) and pages[-1].complete
    bench.require(not claimed, rule, f"{name}, under lasting {fault}, says that it is complete")
    bench.require(refused is not None, rule, f"{name}, under lasting {fault}, ended as if nothing were wrong")


def _requests_of(seat: Sitting, name: str) -> int:
    """How many requests an undisturbed reading makes, once signed in."""
    before = len(seat.between.requests)
    seat.read(name)
    return len(seat.between.requests) - before


def _answering(content: bytes) -> Callable[[Request], Answer | None]:
    return lambda request: Answer(200, content)
