"""From courses to models: which of many terms, by fits through the solver."""
