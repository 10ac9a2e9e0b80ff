"""The public page for who wants something taken out: requests are kept, listed, carried out or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from studio_place import House, make_workspace

from command_line import ingather


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(make_workspace(tmp_path / "w"))


def test_a_request_is_kept_listed_and_carried_out(house: House) -> None:
    public = TestClient(house.app)
    page = public.get("/removal")
    assert page.status_code == 200
    assert house.studio.plan.name in page.text
    sent = public.post(
        "/removal", data={"what": "domain", "name": "example.org", "contact": "a <b>@example.org"}
    )
    assert sent.status_code == 202
    assert "We have your request" in sent.text
    asked = public.post(
        "/api/removals", json={"what": "url", "name": "https://x.test/a", "contact": "b@x.test"}
    )
    assert asked.status_code == 202
    assert public.get("/api/removals").status_code == 401
    listed = house.owner.do("GET", "/api/removals")
    assert [(one["what"], one["name"]) for one in listed] == [
        ("domain", "example.org"),
        ("url", "https://x.test/a"),
    ]
    folder = house.workspace.root
    told = ingather("-C", folder, "withdraw", "--requests", "--json").document
    first, second = (one["id"] for one in told["requests"])
    ingather("-C", folder, "withdraw", "--request", first, "--refuse", second)
    blocked = (folder / ".ingather" / "blocklist.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in blocked] == [{"what": "domain", "name": "example.org"}]
    assert ingather("-C", folder, "withdraw", "--requests", "--json").document == {"requests": []}
    assert "is no open request" in ingather("-C", folder, "withdraw", "--request", first, code=2).err


def test_what_is_no_request_is_told(house: House) -> None:
    public = TestClient(house.app)
    for fields in (
        {},
        {"what": "all", "name": "x", "contact": "abc"},
        {"what": "hash", "name": "x", "contact": "abc"},
    ):
        answer = public.post("/removal", data=fields)
        assert answer.status_code == 422
        assert "Please say what is to go" in answer.text
    long = public.post("/removal", content=b"words=" + b"x" * 30_000)
    assert long.status_code == 413
    other = public.post("/removal", data={"what": "url"}, headers={"origin": "https://elsewhere.test"})
    assert other.status_code == 403
