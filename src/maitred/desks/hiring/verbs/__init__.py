"""The door of hiring."""
