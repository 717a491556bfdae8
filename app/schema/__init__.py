"""The nouns of the GraphQL schema: types, inputs, payloads. Names are the field's own words."""
