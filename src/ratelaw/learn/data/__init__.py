"""What is learned from: snapshots of cells, observations made ready, models of counting."""
