"""Rate constants of candidate reactions, from moments or the likelihood of cells."""
