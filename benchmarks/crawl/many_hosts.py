"""1,000 sites at a delay of a second, and a frontier of 1,000,000 addresses.

Told are how much was asked of what the delays allow, with how much of a core, whether any delay was cut short
as the server sees it, and the memory.

    python benchmarks/crawl/many_hosts.py [--sites 1000] [--seconds 60]
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crawl.site import served

from ingather.sources.crawl.address import Scope, origin_of
from ingather.sources.crawl.client import Client
from ingather.sources.crawl.crawler import Crawler, Orders, run_crawl
from ingather.sources.crawl.journal import CrawlJournal, PageRow, id_of
from ingather.sources.crawl.keeping import Keeper
from ingather.sources.crawl.networks import Resolver

FIRST = 20_000


def crawl(folder: Path, seeds: list[str], pause: float, seconds: float, told: Any) -> None:
    """Crawls for some seconds and tells CPU time, memory and requests."""
    journal = CrawlJournal(folder / "journal.sqlite")
    keeper = Keeper(journal, folder / "archives", {"software": "ingather"})
    client = Client("bench/1.0 (+http://127.0.0.1)", Resolver((ipaddress.ip_network("127.0.0.0/8"),)))
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    orders = Orders("bench", Scope(("127.0.0.1",)), pause=pause, strict="robots")
    before = time.process_time()
    run_crawl(Crawler(orders, client, journal, keeper, stop), seeds, [])
    used = time.process_time() - before
    keeper.close()
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    memory = int(peak.split()[1]) // 1024  # a process that was made by another begins with that one's maxrss
    told.put({"cpu": used, "memory_mb": memory, "requests": journal.counts().get("requests", 0)})


def in_process(*arguments: Any) -> dict[str, float]:
    """Runs ``crawl`` in a process of its own."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=crawl, args=(*arguments, told))
    process.start()
    found: dict[str, float] = told.get()
    process.join()
    return found


def cut_short(log: Path, pause: float) -> tuple[int, int]:
    """Requests in the server's log, and how many came before the site's delay was over."""
    at: dict[str, list[float]] = defaultdict(list)
    for line in log.read_text("utf-8").splitlines():
        port, ended, took = line.split()
        at[port].append(float(ended) - float(took))
    early = sum(
        round(later - earlier, 3) < pause for times in at.values() for earlier, later in pairwise(times)
    )
    return sum(map(len, at.values())), early


def main() -> None:
    """Runs both parts and prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    ports = list(range(FIRST, FIRST + asked.sites))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        root = folder / str(ports[0])
        root.mkdir()
        links = "".join(f'<a href="/{n}.html">{n}</a>' for n in range(int(asked.seconds) + 20))
        (root / "index.html").write_text(f"<html><body>{links}</body></html>", "utf-8")
        for n in range(int(asked.seconds) + 20):
            (root / f"{n}.html").write_text(f"<html><body><p>Page {n}.</p>{links}</body></html>", "utf-8")
        with served(folder, ports, root=root, log="$server_port $msec $request_time"):
            (folder / "access.log").write_text("", "utf-8")
            seeds = [f"http://127.0.0.1:{port}/" for port in ports]
            told = in_process(folder, seeds, 1.0, asked.seconds)
            requests, early = cut_short(folder / "access.log", 1.0)
    allowed = asked.sites * asked.seconds
    print(f"{asked.sites:,} sites, {asked.seconds:g} s: {requests:,} requests,", end=" ")
    print(
        f"{requests / allowed:.1%} of what the delays allow, {told['cpu'] / asked.seconds:.0%} of a core,",
        end=" ",
    )
    print(f"{early} delays cut short, {told['memory_mb']} MB")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        journal = CrawlJournal(folder / "journal.sqlite")
        urls = [
            f"http://127.0.0.1:9/{n}/a-page-of-a-site-with-a-name-of-usual-length.html"
            for n in range(1_000_000)
        ]
        number = id_of(origin_of(urls[0]))
        journal.add_site(origin_of(urls[0]))
        journal.commit([PageRow(id_of(one), one, number, 1) for one in urls], [], {}, {})
        journal.close()
        del urls
        print(json.dumps({"frontier": 1_000_000} | in_process(folder, [], 0.0, 3.0)))


if __name__ == "__main__":
    main()
