"""Searching: a query is read, edited, asked of an engine, explained, and written into a log whose rows form a chain."""
