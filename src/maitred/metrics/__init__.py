"""Facts from events, and numbers from facts: the clock engine, the catalogue and the queries."""
