"""Zendesk: its API objects in canonical form."""
