"""What Yang, Peng, Zhu and Hong published, to be compared with.

W. Yang, L. Peng, Y. Zhu, L. Hong, When Machine Learning Meets Multiscale Modeling in Chemical
Reactions (2020).
"""

REFERENCE = (
    "Yang, Peng, Zhu and Hong, When Machine Learning Meets Multiscale Modeling in Chemical "
    "Reactions (2020)"
)

GENE_CORRELATIONS = {
    ("P", "M"): 0.9681,
    ("P", "G"): 0.5020,
    ("P", "GP"): 0.4228,
    ("P", "GP2"): 0.4215,
    ("M", "G"): 0.2743,
    ("M", "GP"): 0.1832,
    ("M", "GP2"): 0.1820,
    ("G", "GP"): 0.9892,
    ("G", "GP2"): 0.9812,
    ("GP", "GP2"): 0.9956,
}
"""Table II: |Pearson| between time derivatives."""

GENE_QSSA = {"alpha11": 0.0159, "alpha22": 0.0201, "alpha33": 0.03, "beta1": 0.53, "beta2": 0.67}
"""Table III, quasi-steady state; concentrations."""

GENE_LEARNED = {
    "alpha11": 0.0163,
    "alpha22": 0.0200,
    "alpha33": 0.03,
    "beta1": 0.54,
    "beta2": 0.66,
}
"""Table III, learned; the other six are 0."""

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
