"""Which open tickets will be escalated? A calibrated chance with its reasons, learned from the team's own escalations.

``seeing`` says what is known of a ticket at an instant, ``learning`` fits and holds chances to what came, ``comparing``
puts them beside simple rules in one table, ``budget`` chooses what a team can look at, ``holding_out`` estimates what
looking brought, ``forgotten`` finds customers whom nobody looked at. No text after an escalation is ever used.
"""
