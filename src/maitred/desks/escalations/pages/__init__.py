"""The pages of escalations."""
