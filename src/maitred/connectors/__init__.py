"""What talks to a helpdesk or reads its files, and brings its records into the canonical shape."""
