"""The contest of learners: problems whose truth is known, contestants, scores."""
