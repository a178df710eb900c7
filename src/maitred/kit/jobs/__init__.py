"""Work that a worker does: leases with fencing, schedules in a time zone, retries, progress."""
