"""Doors without rules of their own: command line, and later console, REST and MCP."""
