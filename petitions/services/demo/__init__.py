"""The demo: a believable country, invented from end to end, replayed through the real use cases."""

from petitions.services.demo.load import DEMO_ACCOUNTS, is_empty, load_demo

__all__ = ["DEMO_ACCOUNTS", "is_empty", "load_demo"]
