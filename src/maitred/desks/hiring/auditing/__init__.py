"""Fairness of stages and the log of decisions: the only place that reads what candidates said of themselves."""
