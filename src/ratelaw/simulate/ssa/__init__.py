"""Stochastic simulation: exact on lanes and on a dependency graph, approximate in leaps."""
