"""Networks everyone knows, as text files beside this one; each call returns a fresh `Network`."""

from importlib import resources

from ratelaw.errors import ModelError
from ratelaw.network.network import Network
from ratelaw.network.notation import suggest


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


def michaelis_menten() -> Network:
    r"""An enzyme E turns S into P through the complex C.

    .. math:: v = \frac{k_{cat} E_T S}{K_m + S}, \qquad K_m = \frac{k_r + k_{cat}}{k_f}

    The quasi-steady state holds where ``E_total << S + Km``. Michaelis and Menten 1913; Briggs and
    Haldane 1925; Segel and Slemrod 1989.

    >>> michaelis_menten().species
    ('S', 'E', 'C', 'P')
    """
    return load("michaelis_menten")


def reversible_enzyme() -> Network:
    r"""An enzyme that makes S and P into each other through one complex C.

    .. math:: v = E_T \frac{k_f k_{cat} S - k_r k_{back} P}{k_f S + k_{back} P + k_r + k_{cat}}

    Haldane 1930.

    >>> len(reversible_enzyme().reactions)
    4
    """
    return load("reversible_enzyme")


def competitive_inhibition() -> Network:
    r"""An inhibitor I takes the substrate's place on the enzyme, in the complex D, and is cleared.

    .. math:: v = \frac{k_{cat} E_T S}{K_m (1 + I/K_i) + S}

    Cornish-Bowden 2012.

    >>> competitive_inhibition().species
    ('S', 'E', 'C', 'P', 'I', 'D')
    """
    return load("competitive_inhibition")


def cooperative_binding() -> Network:
    r"""X forms dimers D and tetramers T, which switch the gene G on as B; M is transcribed.

    .. math:: B = \frac{G_T X^4}{K^4 + X^4}

    Hill 1910.

    >>> cooperative_binding().species
    ('X', 'D', 'T', 'G', 'B', 'M')
    """
    return load("cooperative_binding")


def goldbeter_koshland() -> Network:
    r"""A kinase E and a phosphatase F work against each other: a switch where both are saturated.

    .. math:: \frac{d W_p}{dt} = \frac{V_1 W}{K_1 + W} - \frac{V_2 W_p}{K_2 + W_p}

    Goldbeter and Koshland 1981.

    >>> goldbeter_koshland().species
    ('W', 'E', 'WE', 'Wp', 'F', 'WpF')
    """
    return load("goldbeter_koshland")


def phosphorylation_cascade() -> Network:
    """Two layers: the kinase K activates X to Xp, which activates Y to Yp.

    Huang and Ferrell 1996; Heinrich, Neel and Rapoport 2002.

    >>> len(phosphorylation_cascade().reactions)
    12
    """
    return load("phosphorylation_cascade")


def lindemann_hinshelwood() -> Network:
    r"""A unimolecular reaction A to P that needs a collision first.

    .. math:: v = \frac{k_2 (k_1/2) A^2}{k_{-1} A + k_2}

    Lindemann 1922; Hinshelwood 1926.

    >>> lindemann_hinshelwood().species
    ('A', 'Ax', 'P')
    """
    return load("lindemann_hinshelwood")


def robertson() -> Network:
    """An autocatalysis over nine orders of magnitude in its rates: stiff.

    Robertson 1966; his 3e7 is 6e7 in this package's convention of mass action.

    >>> robertson().species
    ('A', 'B', 'C')
    """
    return load("robertson")


def names() -> tuple[str, ...]:
    """Names that `load` takes.

    >>> "spcm" in names()
    True
    """
    files = resources.files(__name__).iterdir()
    return tuple(sorted(f.name.removesuffix(".txt") for f in files if f.name.endswith(".txt")))


def load(name: str) -> Network:
    """The network of this name.

    Raises
    ------
    ModelError
        If there is none.

    Examples
    --------
    >>> load("spcm") == spcm()
    True
    """
    if name not in names():
        raise ModelError(f"no network {name!r} in the zoo{suggest(name, names())}")
    return Network.parse(resources.files(__name__).joinpath(f"{name}.txt").read_text("utf-8"))
