"""The outside world behind one Protocol each: object storage, stored tables, search."""
