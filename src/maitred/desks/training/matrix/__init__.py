"""Who can do what, how fresh the evidence is, and where the work needs more than there is."""
