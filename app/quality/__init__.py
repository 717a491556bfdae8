"""The pure rule engine: what a rule is, what it measures, whether a table satisfies it. Knows no database and no network."""
