"""What hiring keeps. Every model of the desk is reachable from here."""
