"""Rates from the master equation's likelihood."""
