"""The same world as the files of a helpdesk: what ``maitred import zendesk|freshdesk|salesforce DIR`` reads."""
