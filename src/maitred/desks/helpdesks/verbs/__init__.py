"""The door to the helpdesks."""
