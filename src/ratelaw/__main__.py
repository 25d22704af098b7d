"""`python -m ratelaw` is `ratelaw`."""

from ratelaw.cli import main

main()
