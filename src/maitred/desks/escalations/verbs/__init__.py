"""The door of escalations."""
