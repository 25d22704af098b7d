"""Parameter sweeps: many sets of values of one network, and their results side by side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.arguments import as_numbers, expect
from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.network.notation import suggest

if TYPE_CHECKING:
    import xarray as xr


def swept_values(sweep: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The values of a sweep, checked: equally many of every name."""
    expect("sweep", sweep, Mapping, "a dictionary such as {'k': [1, 2]}")
    values = {n: np.atleast_1d(as_numbers(f"sweep of {n!r}", x)) for n, x in sweep.items()}
    for name, given in values.items():
        if given.ndim != 1 or not given.size:
            raise DataError(f"sweep of {name!r}: give a list of values, one a parameter set")
    sizes = {name: len(given) for name, given in values.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{size} of {name}" for name, size in sizes.items())
        raise DataError(
            f"a sweep over {listed}: give equally many, one a parameter set; for all "
            f"combinations, list them"
        )
    return values


def swept_networks(network: Network, values: Mapping[str, np.ndarray]) -> tuple[Network, ...]:
    """One network a parameter set; ``k`` names a parameter, ``A(0)`` an initial copy number."""
    if not values:
        return (network,)
    initial = {f"{name}(0)": name for name in network.species}
    for name in values:
        known = [*network.parameters, *initial]
        if name not in known:
            hint = suggest(name, known)
            if name in network.species:
                hint = f": its initial count is called '{name}(0)'"
            raise DataError(
                f"sweep of {name!r}: it is neither a parameter nor an initial count such as "
                f"'{network.species[0]}(0)'" + hint
            )
    sets = len(next(iter(values.values())))
    return tuple(
        network.replace(
            parameters={k: float(v[i]) for k, v in values.items() if k not in initial},
            initial={initial[k]: float(v[i]) for k, v in values.items() if k in initial},
        )
        for i in range(sets)
    )


def stacked(results: "Sequence[xr.Dataset]", values: Mapping[str, np.ndarray]) -> "xr.Dataset":
    """Results of the parameter sets along a leading dimension `parameter_set`.

    The swept values are coordinates along it; attributes that are numbers and differ become
    variables along it. Histograms are brought to the states that any of the sets visited; of
    reactions recorded one by one, `event_parameter_set` says whose they are.

    Raises
    ------
    DataError
        If a swept parameter is called as a variable or a dimension of the results.
    """
    import xarray as xr

    if not values:
        return results[0]
    results = [
        data.assign(event_parameter_set=("event", np.full(data.sizes["event"], number)))
        if "event" in data.sizes
        else data
        for number, data in enumerate(results)
    ]
    events = [name for name in results[0] if "event" in results[0][name].dims]
    parts, states = _on_common_states([data.drop_vars(events) for data in results])
    rules: dict[str, Any] = {
        "data_vars": "all",
        "coords": "minimal",
        "compat": "equals",
        "join": "exact",
        "combine_attrs": "drop_conflicts",
    }
    together = xr.concat(parts, dim="parameter_set", **rules).assign(states)
    if events:
        single = xr.concat([data[events] for data in results], dim="event", **rules)
        together = together.merge(single)
    together = together.assign(_differing(results))
    refuse_taken(values, together)
    return together.assign_coords(
        {name: ("parameter_set", given) for name, given in values.items()}
    )


def refuse_taken(names: Iterable[str], results: "xr.Dataset") -> None:
    """Refuse swept names that the results have already.

    Raises
    ------
    DataError
        Naming the first.
    """
    for name in names:
        if name in results.variables or name in results.dims:
            raise DataError(
                f"sweep of {name!r}: the results have a variable or an axis of that name; give the "
                f"parameter another one"
            )


def _differing(results: "Sequence[xr.Dataset]") -> dict[str, tuple[str, list[Any]]]:
    """Attributes that are numbers and not the same in all results, one value a result."""
    every = {name: [data.attrs.get(name) for data in results] for name in results[0].attrs}
    return {
        name: ("parameter_set", given)
        for name, given in every.items()
        if all(isinstance(number, int | float) for number in given) and len(set(given)) > 1
    }


def _on_common_states(
    results: "Sequence[xr.Dataset]",
) -> "tuple[list[xr.Dataset], dict[str, tuple[tuple[str, str], np.ndarray]]]":
    """Results whose probabilities are over the same states, and these states."""
    common = {}
    parts = list(results)
    for name in [str(name) for name in results[0].data_vars if str(name).startswith("counts")]:
        suffix = name.removeprefix("counts")
        state, species = map(str, results[0][name].dims)
        sizes = [data.sizes[state] for data in results]
        union, which = np.unique(
            np.concatenate([data[name].values for data in results]), axis=0, return_inverse=True
        )
        places = np.split(which.reshape(-1), np.cumsum(sizes)[:-1])
        for number, (data, place) in enumerate(zip(parts, places, strict=True)):
            probability = data[f"probability{suffix}"]
            table = np.zeros((probability.shape[0], len(union)))
            table[:, place] = probability.values
            parts[number] = data.drop_dims(state).assign(
                {f"probability{suffix}": ((probability.dims[0], state), table)}
            )
        common[name] = ((state, species), union)
    return parts, common
