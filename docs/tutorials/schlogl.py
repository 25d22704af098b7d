# %% [markdown]
# # One SBML model at four scales
#
# *This page is a notebook: [`schlogl.py`](schlogl.py), which Jupyter opens with Jupytext.*
#
# Schlögl's network (F. Schlögl, *Zeitschrift für Physik* 253, 147, 1972) is the smallest one with two
# stable states. Its molecule X makes more of itself in a reaction of three; two reservoirs that never run
# empty feed it. The constants are those of Cao et al. 2006. It comes as SBML, [`schlogl.xml`](schlogl.xml), as
# your model may.

# %%
import matplotlib.pyplot as plt
import numpy as np

import ratelaw as rl
from ratelaw.formats import read_network

network = read_network("schlogl.xml")
print(network)

# %% [markdown]
# Two molecules of X make three, three make two, X flows in and decays. At how many copies is this in balance?
# Where gains equal losses. Left of such a point X grows and right of it X shrinks, twice: these two are
# stable. The point between them, near 250, is not.

# %% alt="Gains less losses of X against copies of X: zero near 85, 250 and 565 copies"
copies = np.arange(0, 701)
gain = 0.03 * copies**2 / 2 + 200
loss = 1e-4 * copies**3 / 6 + 3.5 * copies

figure, axes = plt.subplots(figsize=(5.5, 3), layout="constrained")
axes.plot(copies, gain - loss, color="#0072b2")
axes.axhline(0, color="k", lw=0.8)
axes.set(
    xlabel="copies of X", ylabel="gains less losses,\nmolecules per unit of time", ylim=(-250, 250)
)
plt.show()

# %% [markdown]
# ## Concentrations
#
# [`MassAction`][ratelaw.MassAction] follows the rate equation. From 250 copies it can only go to one of the two
# stable states.

# %%
times = np.linspace(0, 10, 101)
limit = rl.simulate(network, rl.MassAction(), times)
print(float(limit["average"].sel(species="X", time=10)))

# %% [markdown]
# ## Trajectories
#
# [`Direct`][ratelaw.Direct] draws cells, molecule by molecule. Some stay low, some jump to the upper state.

# %% alt="Thirty trajectories over time: most rise to some 560 copies, some fall to some 90; the mass-action course rises to 567"
cells = rl.simulate(
    network,
    rl.Direct(),
    times,
    trajectories=2000,
    seed=1,
    record=[rl.RecordMoments(), rl.RecordPaths(30), rl.RecordHistogram([10.0])],
)

figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
paths = cells["paths"].sel(species="X")
axes.plot(times, paths.T, color="#0072b2", lw=0.5, alpha=0.6)
axes.plot(times, limit["average"].sel(species="X"), "k", lw=2, label="mass action")
axes.plot([], [], color="#0072b2", lw=1, label="30 trajectories")
axes.set(xlabel="time", ylabel="copies of X")
axes.legend()
plt.show()

# %% [markdown]
# ## Every state
#
# [`MasterEquation`][ratelaw.MasterEquation] computes the probability of every number of copies, without
# noise. It agrees with the trajectories: two peaks, where mass action knew one state.

# %% alt="Probability of each number of copies at time 10: a high narrow peak near 85 and a low wide one near 560; bars of trajectories and the line of the master equation agree"
exact = rl.simulate(network, rl.MasterEquation(), [5.0, 10.0])
probability = rl.marginal(exact, "X").sel(snapshot=10)
seen = rl.marginal(cells, "X").squeeze()

figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
bins = np.arange(0, 800, 20)
heights = [float(seen[low : low + 20].sum()) / 20 for low in bins]
axes.bar(bins, heights, 20, align="edge", color="#0072b2", alpha=0.4, label="2,000 trajectories")
axes.plot(probability, "k", lw=1.5, label="master equation")
axes.set(xlabel="copies of X at time 10", ylabel="probability of each number")
axes.legend()
plt.show()

# %% [markdown]
# ## Moments
#
# [`Moments`][ratelaw.Moments] follows averages and variances. Here a reaction needs three molecules, so that the
# equations are not closed by themselves, and a normal distribution is assumed. The result says that it
# is not exact.

# %% alt="Average and standard deviation of X over time: trajectories reach 314 and 238, closed moments 559 and 45, mass action 567"
closed = rl.simulate(network, rl.Moments(), times)
print(closed.attrs["exact"])

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
left.plot(times, limit["average"].sel(species="X"), "k:", label="mass action")
left.plot(times, closed["average"].sel(species="X"), "--", color="#d55e00", label="moments, closed")
left.plot(times, cells["average"].sel(species="X"), color="#0072b2", label="trajectories")
left.set(xlabel="time", ylabel="average of X")
left.legend()
spread = {"moments, closed": (closed, "--", "#d55e00"), "trajectories": (cells, "-", "#0072b2")}
for label, (data, style, colour) in spread.items():
    variance = data["covariance"].sel(species="X", species_="X")
    right.plot(times, np.sqrt(np.maximum(variance, 0)), style, color=colour, label=label)
right.set(xlabel="time", ylabel="standard deviation of X")
right.legend()
plt.show()

# %% [markdown]
# ## Which one is right?
#
# Trajectories and the master equation: they are the same law, sampled and computed. The others are
# approximations, and two stable states are where they fail: mass action sees one of them, a normal
# distribution cannot have two peaks.

# %%
answers = {
    "trajectories": cells["average"].sel(species="X", time=10),
    "master equation": exact["average"].sel(species="X", time=10),
    "moments, closed": closed["average"].sel(species="X", time=10),
    "mass action": limit["average"].sel(species="X", time=10),
}
for name, answer in answers.items():
    print(f"{name:16} {float(answer):6.1f}")

# %% [markdown]
# Where every rate is linear in the copies, as in the [first tutorial](spcm.md), all four would have agreed on
# the average. Which method to take when: [Choose a method](../methods.md). Your own file:
# [Your SBML model](../howto/sbml.md).
