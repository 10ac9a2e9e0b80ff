"""Coverage drawn as bars at the terminal: what is kept, what is collected, and the post at the target."""

from __future__ import annotations

from typing import Any

from ingather.cli.output import say, table

_WIDTH = 24


def print_coverage(told: dict[str, Any]) -> None:
    """Prints every quota of a status document as a bar with its numbers."""
    rows = []
    for row in told["quotas"]:
        by = ", ".join(f"{name} {value}" for name, value in row["by"].items()) or "all"
        if row["kind"] == "contributor-share":
            rows.append([
                "greatest share of one contributor", "", f"{row['kept']:.1%}", f"at most {row['target']:.1%}",
                f"{row['gap']:,.0f} left out" if row["gap"] else "fine",
            ])  # fmt: skip
            continue
        people = (
            f"; {row['contributors']} of {row['contributors_target']} people"
            if row["contributors_target"]
            else ""
        )
        target = amount(row["target"]) if row["target"] else "no target"
        gap = f"{amount(row['gap'])} to go" if row["gap"] else "full"
        rows.append(
            [
                by,
                bar(row["kept"], row["collected"], row["target"]),
                amount(row["kept"]),
                target,
                gap + people,
            ]
        )
    table(["group", "", "kept", "wanted", "gap"], rows, right=(2, 3))
    unknown = {name: count for name, count in told["unknown"].items() if count}
    if unknown:
        say(
            "unknown: "
            + ", ".join(
                f"{name} of {count:,} sample{'' if count == 1 else 's'}" for name, count in unknown.items()
            )
        )
    if told.get("spent"):
        say(f"spent: {told['spent']}" + (f" of {told['budget']}" if told.get("budget") else ""))
    for release in told["releases"]:
        say(f"release {release['release']}: {release['samples']:,} samples, {release['path']}")


def amount(number: float) -> str:
    """So many samples, tokens or hours: whole from a thousand on, below it with three digits that count."""
    return f"{number:,.0f}" if number >= 999.5 else f"{number:.3g}"


def bar(kept: float, collected: float, target: float) -> str:
    """A bar of fixed width: kept solid, on the way hatched, missing dotted."""
    most = max(kept, collected, target) or 1.0
    solid = round(_WIDTH * kept / most)
    hatched = round(_WIDTH * max(collected, kept) / most) - solid
    return "█" * solid + "▒" * hatched + "·" * (_WIDTH - solid - hatched)
