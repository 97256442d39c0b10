"""Verification of a host, and its report."""
