"""Open Data Contract Standard 3.1: a dataset's schema and rules as a contract, and back. What is not ours is kept as it was."""
