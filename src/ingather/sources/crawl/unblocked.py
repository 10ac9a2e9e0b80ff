"""A crawl's scope without what was withdrawn: such addresses are not even asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingather.sources.crawl.address import Scope
from ingather.sources.signals.blocklist import BlockList


@dataclass(frozen=True)
class UnblockedScope(Scope):
    """Which addresses belong to a crawl and are not blocked.

    Attributes:
        blocked: the workspace's block list.
    """

    blocked: BlockList = field(default_factory=BlockList)

    def has(self, url: str, depth: int) -> bool:
        """Whether an address, so many links away from a seed, belongs to it."""
        return not self.blocked.forbids_url(url) and super().has(url, depth)
