"""Messages a second from a real broker into samples: what waited at the broker, acknowledged, cut, stored.

``python benchmarks/streams.py [--messages N]``: Mosquitto on 127.0.0.1 with QoS 1, JSON of two numbers, two
recordings at a time. Every message is synced to disk before it is acknowledged. Publishing is not counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests" / "sources" / "streams"
PLAN = """
version: 1
name: bench
objective: Take in messages fast.
modality: sensor
task: none
clean: []
sources:
  - {name: plant, kind: mqtt, licence: CC0-1.0, address: ADDRESS, topics: [plant/+], quiet: 1}
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--messages", type=int, default=100_000)
    count = asked.parse_args().messages
    sys.path.insert(0, str(TESTS))
    from broker import Mosquitto, publish

    with tempfile.TemporaryDirectory() as folder:
        base, work = Path(folder) / "broker", Path(folder) / "work"
        base.mkdir()
        work.mkdir()
        broker = Mosquitto(base)
        broker.start()
        try:
            (work / "plan.yaml").write_text(PLAN.replace("ADDRESS", broker.address))
            command = [sys.executable, "-m", "ingather", "collect"]
            subprocess.run(command, cwd=work, check=True, capture_output=True)
            idle = resource.getrusage(resource.RUSAGE_CHILDREN)
            publish(broker, [(f"plant/{n % 2}", json.dumps({"x": n / 7, "y": n})) for n in range(count)])
            begun = time.monotonic()
            subprocess.run(command, cwd=work, check=True, capture_output=True)
            seconds = time.monotonic() - begun
            used = resource.getrusage(resource.RUSAGE_CHILDREN)  # not the broker's, which still runs
        finally:
            broker.stop()
    spent = used.ru_utime + used.ru_stime - idle.ru_utime - idle.ru_stime
    told = {
        "messages": count,
        "seconds_with_start_and_silence": round(seconds, 2),
        "messages_per_second": round(count / seconds),
        "cpu_seconds": round(spent, 2),
        "peak_megabytes": used.ru_maxrss >> 10,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
