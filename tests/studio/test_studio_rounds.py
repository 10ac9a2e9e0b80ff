"""Rounds with people in them: they end by saying for whom they wait, and go on from there."""

from __future__ import annotations

from types import SimpleNamespace

from studio_place import House, make_workspace
from test_studio_way import record

from ingather.cycles import Cycles, _waited_for
from ingather.pipeline import run_stages


def test_a_round_says_what_people_were_asked_for_and_how_much_came(tmp_path):
    house = House(make_workspace(tmp_path / "w", each=3))
    campaign = house.campaign(checks=0)
    person = house.contributor(campaign)
    for seed in range(2):
        record(person, campaign, seed)
    asked = SimpleNamespace(rows=[
        {"by": {"accent": "us"}, "samples": 3, "source": "studio"},
        {"by": {"accent": "scotland"}, "samples": 1, "source": "studio"},
    ])  # fmt: skip
    collected = run_stages(house.workspace, ("collect",)).results[0]
    waiting = _waited_for(house.studio.plan, asked, collected.details["sources"])
    done = Cycles(stop="waiting", waiting=waiting)
    told = "waiting for 4 samples of studio (3 of accent us; 1 of accent scotland), 2 came"
    assert done.why == told
    for seed in range(2, 6):
        record(person, campaign, seed)
    collected = run_stages(house.workspace, ("collect",)).results[0]
    assert _waited_for(house.studio.plan, asked, collected.details["sources"]) == []
    house.close()
