"""Today: what changed that somebody must act on, why we think so, and what can be done.

Reads the looks that the worker takes after each publication; writes what people do about findings (acknowledge, snooze,
assign, done), what they say about them, the alerts they want and the daily letter. Answers to every role, each as far
as it reaches; what is about a person is for that person and those who lead them.
"""
