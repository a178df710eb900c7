"""The door of the roster."""
