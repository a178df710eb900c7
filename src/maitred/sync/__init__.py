"""From foreign records to the canonical tables: screen, landing, ledger, loading, publications."""
