"""The clock engine: a ticket's ordered events in, every clock, SLA verdict, turn and episode out.

Pure and deterministic: no database, no wall clock, whole seconds in int64. ``engine.compute`` is the door;
``schedules`` measures business time; ``kernel`` walks the events; ``ledger`` explains one ticket second by second.
"""
