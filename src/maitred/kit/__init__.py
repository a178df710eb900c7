"""What every desk needs, one noun per folder: rights, audit, verbs, secrets, jobs, shared records, safety."""
