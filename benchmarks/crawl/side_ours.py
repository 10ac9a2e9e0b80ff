"""Our side: the whole crawl with links, archives and journal, one process."""

from __future__ import annotations

import ipaddress
import json
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

from ingather.sources.crawl.address import Scope
from ingather.sources.crawl.client import Client
from ingather.sources.crawl.crawler import Crawler, Orders, run_crawl
from ingather.sources.crawl.journal import CrawlJournal
from ingather.sources.crawl.keeping import Keeper
from ingather.sources.crawl.networks import Resolver

if __name__ == "__main__":
    before = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        journal = CrawlJournal(Path(folder) / "journal.sqlite")
        keeper = Keeper(journal, Path(folder) / "archives", {"software": "ingather"})
        client = Client("bench/1.0 (+http://127.0.0.1)", Resolver((ipaddress.ip_network("127.0.0.0/8"),)))
        orders = Orders("bench", Scope(("127.0.0.1",)), pause=0.0)
        run_crawl(Crawler(orders, client, journal, keeper, threading.Event()), sys.argv[1:], [])
        keeper.close()
        states, counts = journal.states(), journal.counts()
        size = sum(size for _, size in journal.archives().values())
    told = {
        "work": time.process_time() - before,
        "pages": states.get(1, 0),
        "states": states,
        "requests": counts.get("requests", 0),
        "archive_mb": round(size / 1e6, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(told))
