"""Requests to brokers, name servers and controllers, with typed answers."""
