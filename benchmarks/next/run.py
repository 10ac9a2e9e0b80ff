"""What to collect next, replayed: samples to the goal against equal and proportional shares.

python benchmarks/next/run.py            all sets, 20 seeds
python benchmarks/next/run.py --fast     two sets that come with scikit-learn, 2 seeds
python benchmarks/next/run.py --dearest 4   groups cost from 1 to 4 a sample: money to the goal
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from replay import Course, replay  # noqa: E402
from rules import PRICED, RULES  # noqa: E402
from sets import SETS  # noqa: E402
from table import foretold, goals, pays, ratio, reached, worst_curve  # noqa: E402

FAST = ("digits-label", "breast")
LEAST_FALL = 0.2


def figures(name: str, seeds: range, dearest: float | None = None) -> dict[str, object]:
    """One set under all rules: ratios, how many runs reached the goals, people needed."""
    pool = SETS[name]()
    courses: dict[str, list[Course]] = {
        rule: [replay(pool, choose, seed, new_people, dearest) for seed in seeds]
        for rule, (choose, new_people) in (PRICED if dearest else RULES).items()
    }
    equal, proportional = courses["equal"], courses["proportional"]
    curve = worst_curve(equal)
    return {
        "set": pool.name,
        "groups": pool.groups,
        "budget": pool.budget,
        "spread": pays(equal),
        "flat": bool(curve[-1] > (1 - LEAST_FALL) * curve[len(curve) // 4]),
        "goals": goals(equal),
        "of equal": {rule: ratio(runs, equal, equal) for rule, runs in courses.items()},
        "of proportional": {rule: ratio(runs, proportional, equal) for rule, runs in courses.items()},
        "reached": {
            rule: float(np.mean([reached(goal, runs) for goal in goals(equal)]))
            for rule, runs in courses.items()
        },
        "foretold": foretold(courses["ours"]),
        "people": {rule: float(np.mean([one.people for one in runs])) for rule, runs in courses.items()},
    }


def summary(rows: list[dict[str, dict[str, float]]]) -> list[list[str]]:
    """Geometric means over sets, with the worst set."""
    out = []
    for rule in rows[0]["of equal"]:
        equal = np.array([row["of equal"][rule] for row in rows])
        other = np.array([row["of proportional"][rule] for row in rows])
        out.append([
            rule, f"{np.exp(np.log(equal).mean()):.2f}", f"{equal.min():.2f}-{equal.max():.2f}",
            f"{np.exp(np.log(other).mean()):.2f}", f"{np.mean([row['reached'][rule] for row in rows]):.0%}",
        ])  # fmt: skip
    return out


def show(head: list[str], rows: list[list[str]]) -> None:
    """Prints a table as Markdown."""
    for cells in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="two sets, 2 seeds")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--sets", nargs="*", choices=sorted(SETS), help="some sets only")
    parser.add_argument("--dearest", type=float, help="prices from 1 to this: money is counted, not samples")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    given = parser.parse_args()
    names = given.sets or (FAST if given.fast else tuple(SETS))
    count = 2 if given.fast else given.seeds
    start = time.perf_counter()
    rows = []
    for name in names:
        row = figures(name, range(given.first_seed, given.first_seed + count), given.dearest)
        rows.append(row)
        print(f"{row['set']}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    show(
        ["set", "groups", "spread", *rows[0]["of equal"]],
        [
            [f"{row['set']}{' (flat)' if row['flat'] else ''}", str(row["groups"]), f"{row['spread']:.2f}",
             *(f"{value:.2f}" for value in row["of equal"].values())]
            for row in rows
        ],
    )  # fmt: skip
    judged = [row for row in rows if not row["flat"]] or rows
    show(["rule", "of equal", "least to most", "of proportional", "goals reached"], summary(judged))
    held = [row["foretold"] for row in judged]
    print(
        f"Worst group's next error as ours foretold it: within the rough interval in "
        f"{np.mean([one[0] for one in held]):.0%} ({min(one[0] for one in held):.0%} to "
        f"{max(one[0] for one in held):.0%} by set), median of forecast over actual "
        f"{np.median([one[1] for one in held]):.2f}."
    )
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
