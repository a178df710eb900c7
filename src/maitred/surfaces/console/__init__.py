"""The web shell of the house: frame, sign-in, one's own account, health, and what every answer carries.

Answers the browser of somebody who works here, and the machine that watches over the server. It holds no rules: rights
are in ``kit.access``, deeds in verbs; here they meet HTTP.
"""
