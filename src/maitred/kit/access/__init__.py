"""Who may do what: the actor, the table of rights, the table of fields.

Deny by default. A verb names the right it needs; an access function turns the actor's reach for that right into the
objects that may be seen. No other place decides.
"""
