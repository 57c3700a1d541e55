"""Who is told of what happened, and in which words: the names others import."""

from petitions.notices.announcing import TOLD, Audience, announce

__all__ = ["TOLD", "Audience", "announce"]
