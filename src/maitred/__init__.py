"""maitred: the customer support manager's workbench, on top of the helpdesk that a team already has."""

__version__ = "0.1.0"
