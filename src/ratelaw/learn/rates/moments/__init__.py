"""Rates from averages and covariances."""
