"""What the worker reads of every message and keeps: a table of readings beside the warehouse, and an index of words."""
