"""The door of compliance."""
