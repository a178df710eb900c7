"""The command line: a fixed contract of names, flags and JSON (see docs/commands.md)."""
