"""The door of the desk."""
