"""The assistant's door (MCP): one tool per verb the caller may use; questions run, actions become proposals."""
