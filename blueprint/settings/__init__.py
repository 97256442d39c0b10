"""The settings of a stack: pydantic models, and the JSON schema made from them."""
