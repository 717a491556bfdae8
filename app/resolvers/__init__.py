"""The verbs of the GraphQL schema: thin, one module a noun."""
