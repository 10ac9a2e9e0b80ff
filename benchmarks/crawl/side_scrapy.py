"""Scrapy's side, tuned: 64 requests at once, no delay, links by XPath, no cookies; nothing is kept."""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin

import scrapy
from scrapy.crawler import CrawlerProcess

SEEDS = tuple(sys.argv[1:])
KEPT = [0]


class Pages(scrapy.Spider):
    """Follows every link that stays on the seeds' sites."""

    name = "pages"
    start_urls = SEEDS

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.known: set[str] = set(SEEDS)

    def parse(self, response: Any) -> Iterator[Any]:
        """Counts a page and asks for what it links to."""
        KEPT[0] += 1
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        base = urljoin(response.url, response.xpath("//base/@href").get() or "")
        for link in set(response.xpath("//a/@href").getall()):
            try:
                url = urldefrag(urljoin(base, link.strip()))[0]
            except ValueError:
                continue
            if url.startswith(SEEDS) and url not in self.known:
                self.known.add(url)
                yield scrapy.Request(url, dont_filter=True)


if __name__ == "__main__":
    before = time.process_time()
    logging.disable(logging.WARNING)
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "LOG_LEVEL": "ERROR",
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "USER_AGENT": "bench/1.0",
            "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
            "DOWNLOAD_DELAY": 0,
        }
    )
    process.crawl(Pages)
    process.start()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"work": time.process_time() - before, "pages": KEPT[0], "memory_mb": memory}))
