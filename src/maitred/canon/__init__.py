"""The canonical record: what a ticket, an event or a message is, whichever helpdesk it came from."""
