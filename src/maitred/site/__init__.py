"""The composition root: settings, addresses, the server's entry, and the only list of desks."""
