"""The web application: routes, authentication, static files."""
