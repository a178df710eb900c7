"""Freshdesk: its API objects and activity exports in canonical form."""
