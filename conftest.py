"""Settings of every test run."""

import ratelaw  # noqa: F401  before pytest imports its files one by one, and twice

collect_ignore_glob = ["src/ratelaw/cli/example_files/*"]  # run by tests/e2e/test_examples.py
