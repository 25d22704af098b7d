"""How sure rates are: profiles, bootstrap, posterior, robust errors, bands of predictions."""
