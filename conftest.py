"""Settings of every test run."""

import hypothesis

import ratelaw  # noqa: F401  before pytest imports its files one by one, and twice

collect_ignore_glob = ["src/ratelaw/cli/example_files/*"]  # run by tests/e2e/test_examples.py

hypothesis.settings.register_profile("ratelaw", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("ratelaw")
