"""Keys of an installation and what is made with them: sealed values, signatures, pseudonyms; none in the database."""
