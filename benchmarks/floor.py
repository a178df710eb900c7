"""How fast the floor is simulated: events a second, whole years, a thousand weeks; beside SimPy and Ciw on one queue.

Events are those that change the state (an arrival, the end of a segment, an answer, a closing ...), with the log unless
said otherwise; compilation is done before anything is measured. Rates are of one core (seconds of the processor, which
a machine shared with others changes less); the spread has the wall seconds beside. The machine's own measure is the
engine's heap alone: pop and push, with about as many entries as lie ahead in a run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import measuring
import numpy as np

from maitred.floor.arrivals import ARRIVAL, arrivals
from maitred.floor.compiled import compile_world
from maitred.floor.engine import LOOP, simulate
from maitred.floor.jit import njit
from maitred.floor.memory import heap_at
from maitred.floor.queues import pop, push_key
from maitred.floor.shifts import PRESENCE, presence
from maitred.floor.world import Agent, Group, Schedule, TicketClass, World

REPEATS = 5
SEED = 7
TURNS = 2_000_000
WAITING = 2_000
"""Entries of the bare heap: about as many events lie ahead of a floor of sixty people."""
AGENTS, LOAD, EFFORT = 10, 9.0, 100.0
OURS, SIMPY, CIW = 200_000, 40_000, 8_000
"""Customers of each contender in M/M/10."""
WEEKS = 1_000


@njit
def bare(state: Any, entries: int, turns: int) -> Any:
    """Pop the first entry and push another, ``turns`` times."""
    f = state[0]
    f.heap = 0
    word = np.uint64(88172645463325252)
    for turn in range(entries + turns):
        word ^= word << np.uint64(13)
        word ^= word >> np.uint64(7)
        word ^= word << np.uint64(17)
        time = np.int64(0)
        if turn >= entries:
            time = heap_at(f, 0).key >> 25
            pop(f)
        push_key(f, (time + np.int64(word >> np.uint64(40))) << 25, turn)
    return f.heap


# ---------------------------------------------------------------- our own runs


def year(size: str, repeats: int) -> dict[str, Any]:
    """The loop alone over a year, with and without its log, and everything from parameters to tickets."""
    world = World.demo(size, SEED).planted()
    come, there = arrivals(world), presence(world)
    answer: dict[str, Any] = {"agents": sum(not agent.is_bot for agent in world.agents)}
    for name, log in (("logged", True), ("counted", False)):
        spent = []
        for turn in range(repeats + 1):
            floor = compile_world(world, log, come, there)
            begun = time.perf_counter(), time.process_time()
            if LOOP(floor.state) != 0:
                raise SystemExit("the arrays were too small for the benchmark")
            if turn:
                spent.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        answer[name] = [wall for wall, _ in spent]
        answer[f"{name}_cpu"] = [cpu for _, cpu in spent]
    state = floor.state[0]
    answer |= {name: int(state[name]) for name in ("events", "tickets")}
    answer["whole"] = list(measuring.repeated(lambda: simulate(world, log=False), repeats).cpu)
    return answer


def heap_alone(repeats: int) -> list[float]:
    """Seconds of ``TURNS`` pops and pushes."""
    floor = compile_world(*queue(10))
    floor.arrays["heap"] = np.empty(2 * WAITING, floor.arrays["heap"].dtype)
    floor.connect()
    return list(measuring.repeated(lambda: bare(floor.state, WAITING, TURNS), repeats).cpu)


def memory(size: str) -> dict[str, Any]:
    """Bytes that a run's growth of memory comes to: of each ticket without a log, and of each record."""
    world = World.demo(size, SEED).planted()
    come, there = arrivals(world), presence(world)
    simulate(replace(world, days=1), arrivals=come[:1000], presence=there[:100])
    before = measuring.peak_gib()
    counted = simulate(world, log=False, arrivals=come, presence=there)
    between = measuring.peak_gib()
    kept = len(counted.tickets)
    del counted
    logged = simulate(world, arrivals=come, presence=there)
    peak = measuring.peak_gib()
    return {
        "ticket_bytes": (between - before) * 2**30 / kept,
        "logged_bytes": (peak - before) * 2**30 / kept,
        "records": len(logged.log) / kept,
        "peak_gib": peak,
    }


def weeks(count: int, processes: int) -> float:
    """Seconds for as many replicated weeks of sixty people, from parameters to counters, workers warm."""
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(week, range(2 * processes)))
        begun = time.perf_counter()
        found = list(pool.map(week, range(100, 100 + count), chunksize=max(1, count // (8 * processes))))
        spent = time.perf_counter() - begun
    if min(found) <= 0:
        raise SystemExit("a week had no tickets")
    return spent


def week(seed: int) -> float:
    """A replication: tickets that arrived."""
    return simulate(replace(team(), seed=seed), log=False).counters["arrived"]


@lru_cache(maxsize=1)
def team() -> World:
    """Sixty people for a week, without anything planted."""
    return replace(World.demo("medium", SEED, days=14), days=7, warmup=0, plants=())


# ---------------------------------------------------------------- one queue, three simulators


def queue(customers: int) -> tuple[World, bool, Any, Any]:
    """M/M/10 as the engine takes it (nothing is closed); arrivals are drawn here, as the peers draw theirs."""
    gaps = np.random.default_rng(SEED).exponential(EFFORT / LOAD, customers)
    come = np.zeros(customers, ARRIVAL)
    come["time"] = np.cumsum(gaps) * 1000
    come["key"] = np.arange(customers)
    come["cause"] = -1
    days = int(come["time"][-1] / 86_400_000) + 2
    mail = TicketClass(
        "mail",
        "email",
        "any",
        "all",
        1.0,
        (1.0,) * 168,
        effort_kind="exponential",
        effort_median=EFFORT * float(np.log(2.0)),
        exchanges=0.0,
        success=60.0,
        escalates=0.0,
        transfers=0.0,
    )
    people = tuple(Agent(f"p{n}", f"P{n}", ("all",), ()) for n in range(AGENTS))
    groups = (Group("all", "always", policy="fifo"),)
    world = World(
        "M/M/10",
        date(2025, 1, 6),
        days,
        SEED,
        groups,
        (mail,),
        people,
        (Schedule("always", "UTC", ()),),
        warmup=0,
        close_days=1e4,
    )
    there = np.zeros(AGENTS, PRESENCE)
    there["agent"] = np.arange(AGENTS)
    there["kind"] = 20
    return world, False, come, there


def ours_queue(customers: int) -> float:
    """Mean wait in units of effort."""
    world, log, come, there = queue(customers)
    raw = simulate(world, log=log, arrivals=come, presence=there)
    return float(raw.tickets["waited"].mean()) / 1000 / EFFORT


def simpy_queue(customers: int) -> float:
    import random

    import simpy

    draw = random.Random(SEED)
    environment = simpy.Environment()
    staff = simpy.Resource(environment, AGENTS)
    waits: list[float] = []

    def customer() -> Any:
        begun = environment.now
        with staff.request() as request:
            yield request
            waits.append(environment.now - begun)
            yield environment.timeout(draw.expovariate(1.0))

    def source() -> Any:
        for _ in range(customers):
            yield environment.timeout(draw.expovariate(LOAD))
            environment.process(customer())

    environment.process(source())
    environment.run()
    return statistics.mean(waits)


def ciw_queue(customers: int) -> float:
    import ciw

    ciw.seed(SEED)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(LOAD)],
        service_distributions=[ciw.dists.Exponential(1.0)],
        number_of_servers=[AGENTS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers, method="Finish")
    return statistics.mean(record.waiting_time for record in simulation.get_all_records())


def contest() -> dict[str, Any]:
    """Customers a second of a core for the three, interleaved, and the mean waits that they found."""
    runs = {"ours": (ours_queue, OURS), "simpy": (simpy_queue, SIMPY), "ciw": (ciw_queue, CIW)}
    ours_queue(1_000)
    spent: dict[str, list[float]] = {name: [] for name in runs}
    waits = {}
    for _ in range(3):
        for name, (run, customers) in runs.items():
            begun = time.process_time()
            waits[name] = run(customers)
            spent[name].append(time.process_time() - begun)
    rates = {name: runs[name][1] / statistics.median(found) for name, found in spent.items()}
    return {"rates": rates, "waits": waits, "spent": spent}


# ---------------------------------------------------------------- the sheet


def figures(size: int) -> measuring.Sheet:
    """All figures; ``size`` is the number of replicated weeks."""
    sheet = measuring.Sheet("floor")
    heap = measuring.child("floor.py", "--part", "heap", "--repeats", str(REPEATS))
    rate = TURNS / statistics.median(heap["seconds"])
    sheet.add("floor.heap_alone", rate, "pop+push/s")
    sheet.spread["heap"] = measuring.Spread(tuple(heap["seconds"])).as_json()
    for name in ("medium", "large"):
        _year(sheet, name, rate)
    found = measuring.child("floor.py", "--part", "contest")
    for peer, goal in (("simpy", ">= 70"), ("ciw", ">= 100")):
        ratio = found["rates"]["ours"] / found["rates"][peer]
        sheet.add(
            f"floor.mm10.{peer}",
            found["rates"]["ours"],
            "customers/s",
            goal=goal,
            peer=peer,
            peer_value=found["rates"][peer],
            ratio=ratio,
            of_ratio=True,
        )
    measuring.note(f"mean waits in M/M/10 (exact 0.6687): {found['waits']}")
    processes = min(2, os.cpu_count() or 1)
    spent = weeks(size, processes)
    sheet.add("floor.weeks_s", spent, "s", goal="<= 10" if size == WEEKS else None)
    used = measuring.child("floor.py", "--part", "memory")
    sheet.add("floor.bytes_per_ticket", used["ticket_bytes"], "bytes", goal="<= 120")
    allowed = 120 + 40 * used["records"]
    sheet.add("floor.bytes_per_logged_ticket", used["logged_bytes"], "bytes", goal=f"<= {allowed:.0f}")
    sheet.add("floor.peak", used["peak_gib"], "GiB")
    return sheet


def _year(sheet: measuring.Sheet, name: str, heap: float) -> None:
    found = measuring.child("floor.py", "--part", name, "--repeats", str(REPEATS))
    people, events = found["agents"], found["events"]
    logged, counted = statistics.median(found["logged_cpu"]), statistics.median(found["counted_cpu"])
    sheet.add(f"floor.{name}.events", events / logged, "events/s", goal=">= 5000000")
    sheet.add(
        f"floor.{name}.of_heap",
        events / counted,
        "events/s without log",
        goal=">= 0.6",
        peer="bare heap",
        peer_value=heap,
        ratio=events / counted / heap,
        of_ratio=True,
    )
    sheet.add(f"floor.{name}.year_s", logged, f"s for {people} people", goal="<= 0.2" if name == "medium" else "<= 1")
    sheet.add(
        f"floor.{name}.whole_year_s", statistics.median(found["whole"]), "s with arrivals and shifts, without log"
    )
    sheet.add(f"floor.{name}.tickets", found["tickets"], "tickets")
    for kind in ("logged", "counted"):
        spread = measuring.Spread(tuple(found[kind]), tuple(found[f"{kind}_cpu"]))
        sheet.spread[f"floor.{name}.{kind}"] = spread.as_json()


def parts(given: argparse.Namespace) -> Any:
    if given.part == "heap":
        return {"seconds": heap_alone(given.repeats)}
    if given.part == "contest":
        return contest()
    if given.part == "memory":
        return memory("large")
    return year(given.part, given.repeats)


if __name__ == "__main__":
    measuring.main(figures, WEEKS, parts)
