"""Salesforce Service Cloud: its objects, as REST answers or Bulk CSV rows, in canonical form."""
