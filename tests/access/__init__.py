"""Rights, cell by cell: every address, method, kind of actor and ownership."""
