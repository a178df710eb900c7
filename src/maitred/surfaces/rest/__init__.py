"""The REST door at ``/api/v1/``: one operation per verb, its document and a page of them; no rules of its own."""
