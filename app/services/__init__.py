"""All business rules and their SQL, one module a noun. Knows neither GraphQL nor HTTP."""
