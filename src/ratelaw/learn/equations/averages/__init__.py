"""From averages with correlated errors to equations: regression on a whole library."""
