"""Panels: where participants end, and the table that approves them; what is soon to be erased."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from studio_place import House, make_workspace
from test_studio_way import record


def test_a_panels_participant_ends_at_its_address_and_stands_in_its_table(tmp_path):
    house = House(make_workspace(tmp_path / "w"))
    urls = {
        "completed_url": "https://panel.example/done", "full_url": "https://panel.example/full",
        "screened_out_url": "javascript:alert(1)",
    }  # fmt: skip
    campaign = house.campaign(checks=0, panel=["PROLIFIC_PID"], **urls)
    person = house.person()
    panel = {"PROLIFIC_PID": "=1+1", "other": "not kept"}
    person.do("POST", f"/api/campaigns/{campaign}/join", json={"panel": panel})
    shown = person.do("GET", f"/api/campaigns/{campaign}")["consent"][0]["hash"]
    agreed = {"text": shown, "purposes": ["train"], "shown_at": 1.0, "of_age": True}
    person.do("POST", f"/api/campaigns/{campaign}/consent", json=agreed)
    person.do("PUT", "/api/me/about", json={"about": {"accent": "us"}})
    ending = f"/api/campaigns/{campaign}/ending"
    assert person.do("GET", ending) == {"state": "screened out", "url": None}
    record(person, campaign)
    assert person.do("GET", ending) == {"state": "completed", "url": urls["completed_url"]}
    table = house.owner.ask("GET", f"/api/campaigns/{campaign}/panel.csv").text
    head, row = csv.reader(io.StringIO(table))
    assert dict(zip(head, row, strict=True)) == {
        "PROLIFIC_PID": "'=1+1", "accepted": "1", "surplus": "0", "waiting": "0", "disputed": "0",
        "refused": "0",
    }  # fmt: skip
    other = house.contributor(campaign)
    house.owner.do("PATCH", f"/api/campaigns/{campaign}", json={"state": "closed"})
    assert other.do("GET", ending) == {"state": "full", "url": urls["full_url"]}
    house.close()


def test_the_owner_is_told_thirty_days_before_what_is_kept_ends(tmp_path):
    workspace = make_workspace(tmp_path / "w")
    day = (datetime.now(UTC) + timedelta(days=31)).date()
    text = workspace.plan_path.read_text().replace("rights: {", f"rights: {{keep_until: '{day}', ")
    workspace.plan_path.write_text(text)
    house = House(workspace)
    assert house.owner.do("GET", "/api/notices") == []
    now = house.studio.clock()
    house.studio.clock = lambda: now + 2 * 86400
    (told,) = house.owner.do("GET", "/api/notices")
    assert told == {"source": "studio", "keep_until": str(day), "days": 29}
    house.close()
