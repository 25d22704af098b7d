# %% [markdown]
# # Reducing a stiff gene network
#
# *This page is a notebook: [`gene.py`](gene.py), which Jupyter opens with Jupytext.*
#
# A protein P represses its own gene: one or two P bind to the gene (G, GP, GP2), which makes mRNA (M) unless
# two are bound. Binding settles within a second, expression takes minutes: the network is stiff. This is the second
# example of Yang et al. 2020.

# %%
import matplotlib.pyplot as plt
import numpy as np

import ratelaw as rl

gene = rl.zoo.gene_autoregulation()
print(gene)

# %% [markdown]
# ## What is fast?
#
# [`timescales`][ratelaw.reduce.timescales.timescales] looks for the widest gap between the rates at which the
# network relaxes, and for the species that follow the fast ones.

# %%
scales = rl.timescales(gene)
print(scales)

# %% [markdown]
# G, GP and GP2 are fast; P and M are slow. Both courses, on a logarithmic time axis:

# %% alt="Concentrations over time, logarithmic from 0.01 to 1000 seconds: P rises and M falls after ten seconds; G, GP and GP2 already move in the first second"
times = np.concatenate([[0], np.geomspace(0.01, 1000, 200)])
full = rl.simulate(gene, rl.MassAction(), times)
colours = {"P": "#0072b2", "M": "#d55e00", "G": "#009e73", "GP": "#cc79a7", "GP2": "#1c2430"}


def draw(courses):
    """Slow species on the left, fast ones on the right, a line style for each of several courses."""
    _, panels = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for axes, species in zip(panels, (["P", "M"], ["G", "GP", "GP2"])):
        for (label, data), style in zip(courses.items(), ("-", "--", ":")):
            axes.plot([], [], style, color="grey", label=label)
            for name in species:
                course = data["average"].sel(species=name)[1:]
                axes.plot(times[1:], course, style, color=colours[name])
                if style == "-":
                    axes.plot([], [], color=colours[name], label=name)
        axes.set(xlabel="seconds", ylabel="concentration", xscale="log")
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))


draw({"full": full})
plt.show()

# %% [markdown]
# ## Derived: the quasi-steady state
#
# [`QuasiSteadyState`][ratelaw.QuasiSteadyState] sets the rates of the fast species to zero and solves
# for them, symbol by symbol. What remains is a network of P and M.

# %%
small = rl.reduce(gene, rl.QuasiSteadyState(scales.fast))
print(small)

# %% [markdown]
# ## How wrong is it?
#
# [`certify`][ratelaw.reduce.certificate.certify] runs both networks from several initial states. Errors
# are fractions of the range of each species.

# %%
certificate = rl.certify(small, tolerance=0.05)
print(certificate)

# %% [markdown]
# P and M are right to one per cent. It is GP that fails, and only just after the initial layer: from five
# seconds on it is within the tolerance as well. P's one per cent is the P that is bound to the gene. The
# total form counts it, its variable is all P, free and bound, and its error of P is fifty times smaller; of the
# fast species it is no better:

# %%
total = rl.reduce(gene, rl.TotalQuasiSteadyState(scales.fast))
print(rl.certify(total, tolerance=0.05))

# %% [markdown]
# ## Learned: from courses instead of symbols
#
# Often there is no closed form, or only data. [`LearnedRational`][ratelaw.LearnedRational] writes each fast
# species as a ratio of polynomials in P with one shared denominator,
#
# $$ G = \frac{\Omega_1(P)}{\Omega(P)}, \quad GP = \frac{\Omega_2(P)}{\Omega(P)}, \quad
#    GP2 = \frac{\Omega_3(P)}{\Omega(P)}, $$
#
# and fits them through the slow equations. Twelve coefficients are possible; it finds out which of them
# are needed.

# %%
data = rl.simulate(gene, rl.MassAction(), np.arange(0, 1000, 2.5))
learned = rl.LearnedRational(scales.fast, degree=2).fit(gene, data)
print(learned)

# %% [markdown]
# In the quasi-steady state the coefficients of the denominator are $K_3 = k_{-1} k_{-2}/(k_1 k_2) = 0.5333$ and
# $K_2 = k_{-2}/k_2 = 0.6667$, and those of the numerators 0.016, 0.02 and 0.03. Yang et al. learned 0.54, 0.66,
# 0.0163, 0.020 and 0.03.
#
# ## Both against the full network
#
# A reduced network is simulated like any other; `lift` returns the species that were removed.

# %% alt="The same courses with those of the derived and the learned network over them: they differ in the first five seconds only"
lifted = {
    "derived": small.lift(rl.simulate(small.network, rl.MassAction(), times)),
    "learned": learned.reduced.lift(rl.simulate(learned.reduced.network, rl.MassAction(), times)),
}
draw({"full": full} | lifted)
plt.show()

# %% [markdown]
# Until about five seconds the fast species are still on their way, and no reduction describes them well; from
# then on both reduced networks do. The learned ratios, fitted to later times, are a little
# off where P is scarce.
#
# With a network of your own: [A stiff model](../howto/stiff.md).
