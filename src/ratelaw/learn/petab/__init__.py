"""PEtab problems: experiments simulated and judged."""
