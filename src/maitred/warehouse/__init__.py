"""The stored tables and the engines that read them; nothing else in the house names Delta Lake, DuckDB or Spark."""
