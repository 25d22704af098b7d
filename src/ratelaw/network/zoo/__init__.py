"""Networks everyone knows, as text files beside this one; each call returns a fresh `Network`."""

from importlib import resources

from ratelaw.network.network import Network


def spcm() -> Network:
    """Single proliferative compartment: progenitors A and post-mitotic cells B of the epidermis.

    Yang 2020, Section III.A; Clayton et al. 2007. Rates per week, one clone of ten progenitors.

    >>> spcm().species
    ('A', 'B')
    """
    return load("spcm")


def birth_death() -> Network:
    """Immigration and death of A: Poisson with mean ``k/g (1 - exp(-g t))``.

    >>> len(birth_death().reactions)
    2
    """
    return load("birth_death")


def dimerisation() -> Network:
    """Reversible dimerisation 2 A <--> B; ``A + 2 B`` is conserved.

    >>> dimerisation().species
    ('A', 'B')
    """
    return load("dimerisation")


def schlogl() -> Network:
    """Schloegl's bistable network with buffered reservoirs (Schloegl 1972; Cao et al. 2006).

    >>> schlogl().initial["X"]
    250.0
    """
    return load("schlogl")


def lotka_volterra() -> Network:
    """Predator and prey (Lotka 1920; parameters of Gillespie 1977, Fig. 8).

    >>> lotka_volterra().species
    ('X', 'Y')
    """
    return load("lotka_volterra")


def gene_autoregulation() -> Network:
    """A gene repressed by its own protein: fast binding G, GP, GP2, slow expression M, P.

    Yang 2020, Eq. (15); times in seconds, concentrations. ``G + GP + GP2`` is conserved.

    >>> gene_autoregulation().species
    ('G', 'P', 'GP', 'GP2', 'M')
    """
    return load("gene_autoregulation")


def names() -> tuple[str, ...]:
    """Names that `load` takes.

    >>> "spcm" in names()
    True
    """
    files = resources.files(__name__).iterdir()
    return tuple(sorted(f.name.removesuffix(".txt") for f in files if f.name.endswith(".txt")))


def load(name: str) -> Network:
    """The network of this name.

    >>> load("spcm") == spcm()
    True
    """
    return Network.parse(resources.files(__name__).joinpath(f"{name}.txt").read_text("utf-8"))
