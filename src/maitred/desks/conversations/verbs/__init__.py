"""The door of conversations."""
