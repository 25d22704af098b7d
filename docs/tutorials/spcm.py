# %% [markdown]
# # From trajectories to rates
#
# *This page is a notebook: [`spcm.py`](spcm.py), which Jupyter opens with Jupytext.*
#
# The skin renews itself from progenitor cells (A), which divide, and post-mitotic cells (B), which leave.
# Suppose that clones were counted while they grew. Which reactions made them, and how fast are these?
#
# This is the first example of Yang et al. 2020, who use a million simulated clones; here are a hundred
# thousand. All steps are those of the paper; the last one weighs the data differently and is more precise.

# %%
import matplotlib.pyplot as plt
import numpy as np

import ratelaw as rl

truth = rl.zoo.spcm()
print(truth)

# %% [markdown]
# ## The data
#
# Gillespie's exact method draws the clones. Only averages, variances and covariances are kept, with their
# sampling errors, and ten clones to look at.

# %% alt="Ten clones over twenty weeks as steps, A cells on the left and B cells on the right, with the averages of 100,000 clones: 10 to 11.7 A cells, 0 to 40 B cells"
weeks = np.linspace(0, 20, 21)
clones = rl.simulate(truth, rl.Direct(), weeks, trajectories=100_000, seed=1)
some = rl.simulate(
    truth,
    rl.Direct(),
    np.linspace(0, 20, 401),
    trajectories=10,
    seed=1,
    record=[rl.RecordPaths(10)],
)

figure, panels = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for axes, name, colour in zip(panels, "AB", ("#0072b2", "#d55e00")):
    axes.plot(some["time"], some["paths"].sel(species=name).T, color=colour, lw=0.7, alpha=0.7)
    axes.plot(weeks, clones["average"].sel(species=name), "k", lw=2, label="average of 100,000")
    axes.set(xlabel="weeks", ylabel=f"{name} cells in a clone", ylim=(0, None))
    axes.legend()
plt.show()

# %% [markdown]
# ## Step 1: equations of the averages
#
# [`ODENet`][ratelaw.ODENet] fits $d\langle A\rangle/dt$ and $d\langle B\rangle/dt$ through an ODE
# solver, from a library of all terms up to degree two. Ten coefficients are possible.

# %%
fit = rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(clones)
print(fit)

# %% [markdown]
# Three terms survive, all of first order: one molecule reacts at a time. The growth of A is slow, 0.008
# a week, and still found: terms are kept for what they explain, not for their size.
#
# ## Step 2: reactions
#
# [`candidates`][ratelaw.learn.candidates] lists all reactions that are compatible with these terms and
# make at most two molecules.

# %%
guess = rl.candidates(fit)
print(guess)

# %% [markdown]
# Averages alone cannot tell these apart; averages and covariances can.
# [`identifiability`][ratelaw.learn.identifiability] says so without any data, from measurements after one and
# two weeks, here at rates of 1:

# %%
print(rl.identifiability(guess, [1, 2], rates=np.ones(len(guess.reactions))))

# %% [markdown]
# ## Step 3: rates
#
# [`fit_rates`][ratelaw.learn.fit_rates] solves the moment equations of the candidates and fits all
# averages, variances and covariances together, weighed by their full sampling covariance. Reactions that
# the data do without are left out.

# %%
rates = rl.fit_rates(guess, clones)
print(rates)

# %% [markdown]
# Of the candidates, the true four remain. The paper's constants follow from those of the reactions, with
# standard errors:

# %%
found = rates.derive(
    {"r1": "k3/(k3 + k4 + k5)", "r2": "k5/(k3 + k4 + k5)", "lam": "k3 + k4 + k5", "gamma": "k6"}
)
for name, (value, error) in found.items():
    print(f"{name} = {value:.4f} ± {error:.4f}, true {truth.parameters[name]}")

# %% [markdown]
# ## Is it right?
#
# The learned network is a network. Its moments must go through the data, and what is left must look like
# chance: two of three residuals within one standard error, nineteen of twenty within two.

# %% alt="Averages and variances of A and B over twenty weeks: points of the clones on the lines of the learned network"
learned = rl.simulate(rates.to_network(), rl.Moments(), weeks)
series = {
    "average of A": ("A", None, "#0072b2"),
    "average of B": ("B", None, "#d55e00"),
    "variance of A": ("A", "A", "#0072b2"),
    "variance of B": ("B", "B", "#d55e00"),
}


def moment(data, first, second):
    """A course of averages or of (co)variances."""
    if second is None:
        return data["average"].sel(species=first)
    return data["covariance"].sel(species=first, species_=second)


figure, panels = plt.subplots(1, 4, figsize=(11, 2.7), layout="constrained")
for axes, (title, (first, second, colour)) in zip(panels, series.items()):
    axes.plot(weeks, moment(clones, first, second), "o", ms=4, color=colour, label="clones")
    axes.plot(weeks, moment(learned, first, second), "k", lw=1.2, label="learned")
    axes.set(title=title, xlabel="weeks", ylabel="cells²" if second else "cells")
panels[0].legend()
plt.show()

# %% [markdown]
# ## The whole distribution
#
# Nothing but moments was fitted. The learned network predicts the probability of every clone all the same;
# here after 20 weeks, beside the clones that were drawn.

# %% alt="How many clones hold so many A cells, and B cells, after twenty weeks: points of the clones on the line of the learned network"
last = [20.0]
drawn = rl.simulate(
    truth,
    rl.Direct(),
    last,
    trajectories=100_000,
    seed=1,
    record=[rl.RecordHistogram(last)],
)
computed = rl.simulate(rates.to_network(), rl.MasterEquation(), last)

figure, panels = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for axes, name, colour in zip(panels, "AB", ("#0072b2", "#d55e00")):
    seen = rl.marginal(drawn, name).squeeze()
    predicted = rl.marginal(computed, name).squeeze()
    axes.plot(seen, "o", ms=3, color=colour, label="100,000 clones")
    axes.plot(predicted, "k", lw=1.2, label="learned network")
    axes.set(xlabel=f"{name} cells after 20 weeks", ylabel="part of the clones", xlim=(0, 100))
    axes.legend()
plt.show()

# %% [markdown]
# ## What to take away
#
# Averages told the order of the reactions, covariances which reactions there are, and both how fast they
# go. With your own cells, write down the candidates and begin at step 3, or let
# [`discover`][ratelaw.learn.discover] list every network that explains them:
# [Your clones or single cells](../howto/clones.md).
