"""Courses in waves: lots, what could be seen before, what was seen afterwards."""
