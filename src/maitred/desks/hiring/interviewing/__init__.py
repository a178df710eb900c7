"""Structured interviews: what is asked of everybody for a role, how it is scored, and whether the panel agrees."""
