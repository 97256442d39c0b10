"""What documents the settings and the plan, made from the models: `make docs` writes it."""
