"""The SDKs of providers that only some stacks use, each in a folder of its own."""
