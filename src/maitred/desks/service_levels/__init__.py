"""Speed & SLA: is service timely, where does the time go, and why is this number so.

Answers a metric by any dimension with interval and n, the tickets behind it, and the clock ledger of one ticket. Reads
publications of the warehouse; writes nothing.
"""
