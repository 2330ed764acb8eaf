"""Rules for feeds: README.md."""

from .json_feed import json_feed_faults
from .rss import rss_faults
from .text import Fault

__all__ = ["Fault", "json_feed_faults", "rss_faults"]
