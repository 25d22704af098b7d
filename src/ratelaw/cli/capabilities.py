"""What each method can treat, as the methods themselves say: the source of docs/capabilities.md.

make capabilities
"""

import sys

from ratelaw.cli.simulate import METHODS
from ratelaw.network import Network
from ratelaw.network.features import Feature

EXAMPLES = {
    "mass action": Network.parse("A + B --> C, 1"),
    "polynomial rate laws": Network.parse("A => B, A + A^3"),
    "other rate laws": Network.parse("A => B, A/(1 + A)"),
}
"""Networks of one kind of rate each."""


def table() -> str:
    """The page, as Markdown."""
    columns = [*EXAMPLES, *(feature.value for feature in Feature)]
    rows = [["", "`--method`", *columns], ["---"] * (len(columns) + 2)]
    for name, method in METHODS.items():
        taken = [method.refusal(network) is None for network in EXAMPLES.values()]
        taken += [feature in method.supports for feature in Feature]
        answers = ["yes" if yes else "refused" for yes in taken]
        rows.append([f"`{type(method).__name__}`", f"`{name}`", *answers])
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{HEAD}\n{body}\n{TAIL}"


HEAD = """\
# What each method can treat

Made by `make capabilities`. Where a network is refused, an error names the
reaction, rate, event or species, and nothing is simulated; `ratelaw info` tells which methods take
a given network.
"""
TAIL = """
- `FirstReaction` takes up to 40 reactions. Initial counts are whole, but for `MassAction` and
  `Moments`.
- Rates of time and events together are refused by `Direct`; its triggers must be of first degree in
  the time.
- Reductions, `timescales`, `fit_rates` and `candidates` take nothing of the last four columns.
- SBML, Level 2 and 3 core, is read by `ratelaw.formats.read_network`. Refused, with the element's
  name: algebraic rules, fast reactions, delays of what is simulated (not of what follows from time
  alone), constraints, required packages, values in use that are missing or not finite, numbers
  beyond a float, exponents beyond 64, formulas of more than 100,000 parts or nested more than 60
  deep, concentrations that an event computes before the size of their compartment changes.
- SBML counts species in amounts. A single constant compartment becomes the network's volume; with
  several, or where sizes, stoichiometries or conversion factors vary, the volume is 1 and the sizes
  stand in the laws. A compartment without a size has size 1. A model in which all follows from time
  becomes a network with one state, a clock.
- Units change no number, as SBML has it: where volumes or substances are in several units, the
  model's own factors convert. `ratelaw info MODEL.xml` tells the units that are used, and which
  formulas contradict them.
- Events are found within steps no longer than the gaps between the times of the result: a trigger
  that is true for less than a twelfth of a step may be missed, unless it depends on time alone.
- Antimony goes by way of SBML, with numbers of 15 digits. Imports of other files are refused; so
  is writing a network that would come back otherwise, as one with a name that Antimony reserves,
  `gamma`.
- PEtab, versions 1 and 2 with models in SBML, is read by `ratelaw.formats.read_petab`. Refused,
  with the table and the row: several problems or models, mapping tables, extensions; equilibrations
  and later periods with events or with rates that depend on time; sizes that change between
  periods. Priors are no part of the likelihood.
- `fit_petab` takes what `log_likelihood` takes, but for events, rates that jump or have no slope,
  Laplace noise, sizes and stoichiometries that are estimated, and changes that follow from the
  model's state; each is named.
"""

if __name__ == "__main__":
    sys.stdout.write(table())
