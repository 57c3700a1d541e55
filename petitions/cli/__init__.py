"""The commands of the petitions package, as the composition root registers them."""

from petitions.cli.backup import backup
from petitions.cli.demo import demo
from petitions.cli.docs import docs
from petitions.cli.keys import rotate
from petitions.cli.retention import retention
from petitions.cli.rules import rules
from petitions.cli.search import search
from petitions.cli.tally import tally

COMMANDS = (backup, demo, docs, retention, search, tally)

__all__ = ["COMMANDS", "rotate", "rules"]
