"""The helpdesks that are read and, where an admin allows it, written to.

Answers: which helpdesks are connected and how far each was read, what is missing and why, what its words mean here,
what a change of its tickets would do and what became of it. Reads the ledger of syncs; writes connections, and asks
jobs for what meets the helpdesk. Secrets go in sealed and come out to the connector alone.
"""
