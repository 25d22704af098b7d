"""Reaction networks: text, rate laws, stoichiometry, symbols and their lowering to code."""

from ratelaw.network import zoo
from ratelaw.network.all_reactions import all_reactions
from ratelaw.network.network import Network
from ratelaw.network.reaction import Reaction
from ratelaw.network.structure import conservation_laws

__all__ = ["Network", "Reaction", "all_reactions", "conservation_laws", "zoo"]
