"""What Yang, Peng, Zhu and Hong published, to be compared with.

W. Yang, L. Peng, Y. Zhu, L. Hong, When Machine Learning Meets Multiscale Modeling in Chemical
Reactions (2020).
"""

REFERENCE = (
    "Yang, Peng, Zhu and Hong, When Machine Learning Meets Multiscale Modeling in Chemical "
    "Reactions (2020)"
)

SPCM_MEANS = {("A", "A"): 0.0079, ("B", "A"): 1.0903, ("B", "B"): -0.3094}
"""Section III.A, alpha11, alpha21, alpha22: (equation, term) to coefficient, per week."""

SPCM_RATES = {
    "r1": 0.0831,
    "r2": 0.0824,
    "lam": 1.1059,
    "gamma": 0.3074,
    "k1": 0.0123,
    "k2": -0.0197,
}
"""Table I; lam, gamma, k1 and k2 per week."""
