"""How sure learned equations are: bands of what they predict, profiles, bootstraps."""
