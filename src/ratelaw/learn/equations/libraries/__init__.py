"""What a right-hand side may be made of: a file for each family of terms."""
