"""The commands of the petitions package, as the composition root registers them."""

from petitions.cli.demo import demo
from petitions.cli.docs import docs
from petitions.cli.rules import rules
from petitions.cli.tally import tally

COMMANDS = (demo, docs, tally)

__all__ = ["COMMANDS", "rules"]
