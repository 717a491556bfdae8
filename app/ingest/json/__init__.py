"""JSON arrays and JSON lines: members to columns, nested values kept as JSON."""
