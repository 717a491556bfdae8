"""All business rules and their SQL: one package a part of the domain, one module a noun. Knows neither GraphQL nor HTTP."""
