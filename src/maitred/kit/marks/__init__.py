"""Labels and notes on tickets that live here and not in the helpdesk, put on many at once and taken back."""
