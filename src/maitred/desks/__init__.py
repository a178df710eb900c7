"""One folder per duty of a customer support manager."""
