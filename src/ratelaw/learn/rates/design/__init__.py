"""What data would determine, before they are there."""
