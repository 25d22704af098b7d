"""Right-hand sides learned from time series, with the solver in the loop."""
