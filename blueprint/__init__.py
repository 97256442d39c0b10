"""Decide what a cluster is, from settings to rendered text; never imports Pulumi."""
