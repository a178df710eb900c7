"""Keys of an installation and what is made with them: sealed values, signatures, pseudonyms. No key is in the database."""
