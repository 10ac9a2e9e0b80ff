"""TDM Reservation Protocol (W3C community group, TDMRep): well-known file, header, meta."""

from __future__ import annotations

from dataclasses import dataclass

from ingather.sources.signals.evidence import Decision, Read, Signal
from ingather.sources.signals.robots_paths import Rule, Rules, path_of, pattern_of

WELL_KNOWN = "/.well-known/tdmrep.json"
RESERVATION = "tdm-reservation"


@dataclass(frozen=True, slots=True)
class TdmFile:
    """A tdmrep.json: which paths are reserved.

    Attributes:
        file: what was fetched.
        rules: its entries; the longest path that matches decides, of two alike the one that reserves.
        fault: why it cannot be read, in words.
    """

    file: Read
    rules: Rules
    fault: str | None = None

    def signal(self, url: str) -> Signal | None:
        """What it says of an address; a file that cannot be read is noted, for its owner meant something."""
        if self.fault:
            return self.file.signal("tdm-file", self.fault, "train", "noted")
        best = self.rules.best(path_of(url))
        if best is None:
            return None
        return self.file.signal("tdm-file", best.text, "train", "reserved" if best.allow else "allowed")


def read_tdm_file(file: Read) -> TdmFile:
    """Reads a tdmrep.json: a list of locations with their reservations."""
    import json

    try:
        entries = json.loads(file.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return TdmFile(file, Rules(()), f"no JSON: {error}"[:200])
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):
        return TdmFile(file, Rules(()), "no list of locations")
    rules = []
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or RESERVATION not in entry:
            continue
        location = str(entry.get("location") or "/")
        location = path_of(location) if "://" in location else location
        reserved = reservation(entry[RESERVATION])
        text = f"{location} {RESERVATION}: {entry[RESERVATION]}"
        if entry.get("tdm-policy"):
            text += f" tdm-policy: {entry['tdm-policy']}"
        pattern = pattern_of(location.encode("utf-8", "replace"))
        rules.append(Rule(reserved != "allowed", pattern, number + 1, text[:500]))
    return TdmFile(file, Rules(rules))


def reservation(value: object) -> Decision:
    """What a reservation's value says: 1 reserves, 0 does not, anything else decides nothing."""
    plain = str(value).strip().strip('"').lower()
    return "reserved" if plain in ("1", "true") else "allowed" if plain in ("0", "false") else "noted"
