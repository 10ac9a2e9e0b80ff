"""Agents that fetch pages to train models on, by the names that robots files use for them."""

from __future__ import annotations

TRAINING_AGENTS = (
    "GPTBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Claude-Web", "CCBot", "Applebot-Extended",
    "Bytespider", "Meta-ExternalAgent", "FacebookBot", "Amazonbot", "cohere-ai",
    "cohere-training-data-crawler", "AI2Bot", "Ai2Bot-Dolma", "Diffbot", "omgili", "omgilibot",
    "Webzio-Extended", "img2dataset", "ImagesiftBot", "PanguBot", "Timpibot", "Kangaroo Bot",
    "VelenPublicWebCrawler", "ICC-Crawler", "SBIntuitionsBot", "Cotoyogi", "DeepSeekBot", "GrokBot",
    "xAI-Bot", "PetalBot", "TikTokSpider", "YouBot", "FriendlyCrawler",
    "LAIONDownloader", "Factset_spyderbot", "Sidetrade indexer bot", "Brightbot", "Crawlspace",
)  # fmt: skip
"""As the operators of these agents and the lists kept by site owners name them, November 2025."""

_TOKENS = frozenset(name.lower() for name in TRAINING_AGENTS) | frozenset(
    name.split()[0].lower() for name in TRAINING_AGENTS
)


def trains_models(agent: str) -> bool:
    """Whether an agent of this name fetches pages to train models on."""
    return agent.strip().partition("/")[0].lower() in _TOKENS
