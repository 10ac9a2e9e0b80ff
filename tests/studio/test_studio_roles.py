"""Every route with every role, and with somebody else's ids: the table is the whole of what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from studio_place import House, Person, make_workspace
from test_studio_way import record

NOBODY, STRANGER, CONTRIBUTOR, OTHER, REVIEWER, MANAGER, OWNER = (
    "nobody", "stranger", "contributor", "other", "reviewer", "manager", "owner",
)  # fmt: skip
EVERYBODY = {NOBODY, STRANGER, CONTRIBUTOR, OTHER, REVIEWER, MANAGER, OWNER}
SIGNED_IN = EVERYBODY - {NOBODY}
GIVERS = {CONTRIBUTOR, OTHER}
MANAGING = {MANAGER, OWNER}
REVIEWING = {REVIEWER, MANAGER, OWNER}

# Who gets past the door (an answer other than 401, 403 and 404). ``submission`` and the like are the
# contributor's, ``other`` takes part in the same campaign, ``stranger`` only in another one.
ALLOWED = {
    "GET /api/health": EVERYBODY,
    "GET /api/ready": EVERYBODY,
    "GET /api/authority.crt": set(),  # this studio has none
    "GET /api/me": EVERYBODY,
    "GET /api/campaigns": EVERYBODY,
    "GET /api/campaigns/{campaign}": EVERYBODY,
    "POST /api/campaigns/{campaign}/room": EVERYBODY,
    "POST /api/campaigns/{campaign}/join": EVERYBODY,
    "OPTIONS /api/uploads": EVERYBODY,
    "POST /api/owner": set(),  # only with the link's token
    "POST /api/session": set(),  # only with a password or a code
    "POST /api/accounts/accept": set(),  # only with an invitation's code
    "DELETE /api/session": SIGNED_IN,
    "POST /api/me/password": SIGNED_IN,
    "POST /api/me/recovery": SIGNED_IN,
    "PUT /api/me/about": SIGNED_IN,
    "POST /api/me/withdraw": SIGNED_IN,
    "GET /api/me/submissions": SIGNED_IN,
    "GET /api/me/ledger": SIGNED_IN,
    "GET /api/me/export": SIGNED_IN,
    "GET /api/tokens": SIGNED_IN,
    "POST /api/tokens": SIGNED_IN,
    "DELETE /api/tokens/{token}": {CONTRIBUTOR},
    "GET /api/accounts": {OWNER},
    "POST /api/accounts": {OWNER},
    "PATCH /api/accounts/{account}": {OWNER},
    "GET /api/audit": {OWNER},
    "GET /api/ledger.csv": {OWNER},
    "GET /api/coverage": REVIEWING,
    "POST /api/campaigns": {OWNER},
    "PATCH /api/campaigns/{campaign}": MANAGING,
    "GET /api/campaigns/{campaign}/prompts": MANAGING,
    "POST /api/campaigns/{campaign}/prompts": MANAGING,
    "POST /api/campaigns/{campaign}/consent-texts": MANAGING,
    "POST /api/campaigns/{campaign}/invitations": MANAGING,
    "DELETE /api/campaigns/{campaign}/invitations/{invitation}": MANAGING,
    "POST /api/campaigns/{campaign}/members": {OWNER},
    "GET /api/campaigns/{campaign}/progress": MANAGING,
    "GET /api/campaigns/{campaign}/review": REVIEWING,
    "GET /api/campaigns/{campaign}/standing": GIVERS,
    "POST /api/campaigns/{campaign}/consent": GIVERS,
    "DELETE /api/campaigns/{campaign}/consent": GIVERS,
    "POST /api/campaigns/{campaign}/tasks": GIVERS,
    "POST /api/assignments/{assignment}/recording": {CONTRIBUTOR},
    "POST /api/assignments/{assignment}/answer": {CONTRIBUTOR},
    "POST /api/assignments/{assignment}/skip": {CONTRIBUTOR},
    "GET /api/assignments/{assignment}/sound": {CONTRIBUTOR},
    "POST /api/uploads": {CONTRIBUTOR},
    "HEAD /api/uploads/{upload}": {CONTRIBUTOR},
    "PATCH /api/uploads/{upload}": {CONTRIBUTOR},
    "DELETE /api/uploads/{upload}": {CONTRIBUTOR},
    "GET /api/submissions/{submission}": {CONTRIBUTOR, *REVIEWING},
    "GET /api/submissions/{submission}/sound": {CONTRIBUTOR, *REVIEWING},
    "POST /api/submissions/{submission}/appeal": {CONTRIBUTOR},
    "POST /api/submissions/{submission}/withdraw": {CONTRIBUTOR},
    "POST /api/submissions/{submission}/decision": REVIEWING,
    "POST /api/submissions/{submission}/redo": {CONTRIBUTOR},
    "POST /api/campaigns/{campaign}/enrolments": {OWNER},
    "GET /api/campaigns/{campaign}/enrolments": {OWNER},
    "GET /api/campaigns/{campaign}/doubts": MANAGING,
    "POST /api/campaigns/{campaign}/doubts/{doubt}": set(),  # there is no such doubt
    "POST /api/campaigns/{campaign}/known": MANAGING,
    "GET /api/campaigns/{campaign}/refusals": MANAGING,
    "POST /api/ledger": {OWNER},
    "GET /api/campaigns/{campaign}/ending": GIVERS,
    "GET /api/campaigns/{campaign}/panel.csv": MANAGING,
    "GET /api/notices": {OWNER},
    "GET /api/coverage/live": REVIEWING,
    "GET /api/managed": REVIEWING,
    "GET /api/campaigns/{campaign}/waiting": REVIEWING,
    "GET /api/campaigns/{campaign}/contributors": MANAGING,
    "GET /api/campaigns/{campaign}/contributors/{account}": {OWNER},
    "GET /api/campaigns/{campaign}/links": MANAGING,
    "GET /api/campaigns/{campaign}/staff": MANAGING,
    "GET /api/campaigns/{campaign}/consent-texts": MANAGING,
    "GET /api/campaigns/{campaign}/balance": MANAGING,
    "POST /api/campaigns/{campaign}/prompts.csv": MANAGING,
    "GET /api/ledger": {OWNER},
    "GET /api/samples": {OWNER},
    "GET /api/samples/{sample}": {OWNER},
    "GET /api/samples/{sample}/bytes": {OWNER},
    "GET /api/samples/{sample}/peaks": {OWNER},
    "POST /api/samples/{sample}/decision": {OWNER},
    "GET /api/runs": {OWNER},
    "POST /api/runs": {OWNER},
    "GET /api/runs/{run}": {OWNER},
    "POST /api/runs/{run}/stop": {OWNER},
    "GET /api/plan": {OWNER},
    "GET /api/plan/schema": {OWNER},
    "POST /api/plan/check": {OWNER},
    "POST /api/plan/edit": {OWNER},
    "PUT /api/plan": {OWNER},
    "GET /api/releases": {OWNER},
    "GET /api/releases/{release}/card": set(),  # there is none yet
    "GET /api/report.html": {OWNER},
    "GET /api/languages": EVERYBODY,
    "GET /api/languages/{tag}": EVERYBODY,
    "PUT /api/languages/{tag}": {OWNER},
    "DELETE /api/languages/{tag}": {OWNER},
    "POST /api/removals": EVERYBODY,
    "GET /api/removals": {OWNER},
    "GET /removal": EVERYBODY,
    "POST /removal": EVERYBODY,
}
BODIES = {
    "/api/owner": {"token": "x", "name": "Eve", "password": "a long password"},
    "/api/session": {"name": "Eve", "password": "no"},
    "/api/accounts/accept": {"code": "x", "password": "a long password"},
    "/api/me/password": {"old": "", "new": "another long one"},
    "/api/me/about": {"about": {}},
    "/api/tokens": {"name": "t", "scopes": ["read"]},
    "/api/accounts": {"name": "NAME", "role": "reviewer"},
    "/api/accounts/{account}": {"disabled": False},
    "/api/campaigns": {"source": "studio", "title": "t"},
    "/api/campaigns/{campaign}": {"title": "t"},
    "/api/campaigns/{campaign}/room": {},
    "/api/campaigns/{campaign}/join": {},
    "/api/campaigns/{campaign}/prompts": [],
    "/api/campaigns/{campaign}/consent-texts": {"language": "fr", "text": "Vous donnez votre voix."},
    "/api/campaigns/{campaign}/invitations": {},
    "/api/campaigns/{campaign}/members": {"account": "ACCOUNT", "role": "reviewer"},
    "/api/campaigns/{campaign}/consent": {
        "text": "TEXT",
        "purposes": ["train"],
        "shown_at": 0,
        "of_age": True,
    },
    "/api/campaigns/{campaign}/tasks": {},
    "/api/assignments/{assignment}/answer": {"answer": "yes"},
    "/api/assignments/{assignment}/skip": {},
    "/api/submissions/{submission}/appeal": {"words": "no"},
    "/api/submissions/{submission}/decision": {"verdict": "accepted"},
    "/api/campaigns/{campaign}/enrolments": {
        "key": "KEY",
        "consent": {"text": "TEXT", "purposes": ["train"], "shown_at": 0, "of_age": True},
    },
    "/api/campaigns/{campaign}/doubts/{doubt}": {"verdict": "nothing"},
    "/api/campaigns/{campaign}/known": {"submission": "SUBMISSION", "answer": "yes"},
    "/api/ledger": {
        "key": "a-first-key",
        "account": "ACCOUNT",
        "campaign": "CAMPAIGN",
        "kind": "correction",
        "minor": 5,
        "currency": "EUR",
        "reason": "why",
    },
    "/api/campaigns/{campaign}/prompts.csv": {"csv": "text\nyes\n"},
    "/api/samples/{sample}/decision": {"verdict": "kept"},
    "/api/runs": {"stage": "next"},
    "/api/plan": {"text": "", "was": "0" * 64},
    "/api/plan/check": {"text": "version: 1\n"},
    "/api/plan/edit": {"text": "version: 1\n", "path": ["name"], "value": "n"},
    "/api/languages/{tag}": {"name": "Kiswahili"},
    "/api/removals": {"what": "domain", "name": "example.org", "contact": "me@example.org"},
}


class World:
    """A campaign with one of each, made anew for each question so that no answer changes the next."""

    def __init__(self, folder: Path) -> None:
        self.house = House(make_workspace(folder / "w", each=400))
        self.campaign = self.house.campaign(checks=1, agree=1)
        self.elsewhere = self.house.campaign(checks=0)
        self.number = 0
        self.staff = {role: self._staff(role) for role in (REVIEWER, MANAGER)}
        self.sample = self._sample()
        self.run = self.house.owner.do("POST", "/api/runs", json={"stage": "next"})["id"]

    def _staff(self, role: str) -> str:
        made = self.house.owner.do("POST", "/api/accounts", json={"name": role, "role": role})
        member = {"account": made["id"], "role": role}
        self.house.owner.do("POST", f"/api/campaigns/{self.campaign}/members", json=member)
        person = self.house.person()
        person.do("POST", "/api/accounts/accept", json={"code": made["code"], "password": "a long password"})
        return str(role)

    def _sample(self) -> str:
        from ingather.pipeline import run_stages

        record(self.house.contributor(self.elsewhere), self.elsewhere, key="a-first-sample")
        run_stages(self.house.workspace, ("collect", "clean"))
        self.house.workspace.root.joinpath("report.html").write_text("<style>p {}</style>")
        return str(next(iter(self.house.workspace.samples.scan(["id"]))).column("id")[0])

    def person(self, role: str, giver: Person) -> Person:
        house = self.house
        if role == CONTRIBUTOR:
            return giver
        if role == OTHER:
            return house.contributor(self.campaign)
        if role == STRANGER:
            return house.contributor(self.elsewhere)
        person = house.person()
        if role != NOBODY:
            name = "Ola" if role == OWNER else role
            person.do("POST", "/api/session", json={"name": name, "password": "a long password"})
        return person


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("roles"))
    yield world
    world.house.close()


def test_the_table_names_every_route(world):
    there = {f"{method} {route.path}" for route in routes(world.house.app) for method in route.methods}
    assert there == set(ALLOWED)


def routes(app) -> list[APIRoute]:
    from ingather.studio.routes import (
        campaigns,
        facilitating,
        fairness,
        house,
        mine,
        owner_campaigns,
        owner_coverage,
        owner_languages,
        owner_plan,
        owner_releases,
        owner_runs,
        owner_samples,
        panel,
        removals,
        session,
        taking_part,
        uploads,
    )

    rooms = [campaigns, facilitating, fairness, house, mine, panel, session, taking_part, uploads]
    rooms += [owner_campaigns, owner_coverage, owner_languages, owner_plan, owner_releases]
    rooms += [owner_runs, owner_samples, removals]
    return [one for room in rooms for one in room.router.routes]


@pytest.mark.parametrize("route", sorted(ALLOWED))
def test_a_route_lets_in_whom_it_should_and_nobody_else(world, route):
    method, path = route.split(" ")
    for role in sorted(EVERYBODY):
        let_in = ask(world, method, path, role) not in (401, 403, 404)
        assert let_in == (role in ALLOWED[route]), (route, role)


def ask(world: World, method: str, path: str, role: str) -> int:
    house = world.house
    world.number += 1
    giver = house.contributor(world.campaign)
    person = world.person(role, giver)
    ids = {"campaign": world.campaign}
    ids["doubt"] = "0" * 20
    ids |= {"release": "none", "tag": "sw", "sample": world.sample, "run": world.run}
    if "{tag}" in path:
        house.owner.do("PUT", "/api/languages/sw", json={"name": "Kiswahili"})
    if "{submission}" in path or path.endswith("/known"):
        _, sent = record(giver, world.campaign, key=f"sub-{world.number:06d}")
        ids["submission"] = sent.json()["submission"]
    if "{assignment}" in path or "uploads" in path:
        kind = {"kind": "record"}
        if path.endswith(("/answer", "/sound")):
            other = house.contributor(world.campaign)
            record(other, world.campaign, key=f"chk-{world.number:06d}")
            kind = {"kind": "check"}
        ids["assignment"] = giver.do("POST", f"/api/campaigns/{world.campaign}/tasks", json=kind)["tasks"][0][
            "assignment"
        ]
    if "{token}" in path:
        ids["token"] = giver.do("POST", "/api/tokens", json={"name": "t", "scopes": ["read"]})["id"]
    if "{invitation}" in path:
        ids["invitation"] = house.owner.do("POST", f"/api/campaigns/{world.campaign}/invitations", json={})[
            "id"
        ]
    ids["account"] = giver.do("GET", "/api/me")["account"]
    headers, more = {}, {}
    if "uploads" in path:
        headers = upload_headers(ids["assignment"], world.number)
        if "{upload}" in path:
            made = giver.ask("POST", "/api/uploads", headers=headers)
            ids["upload"] = made.headers["location"].rsplit("/", 1)[1]
            headers = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
            more = {"content": b"x"} if method == "PATCH" else {}
    elif path.endswith("/recording"):
        more, headers = {"content": b"x"}, {"idempotency-key": f"role-{world.number:06d}"}
    elif path in BODIES and method in ("POST", "PUT", "PATCH"):
        more = {"json": body(world, path, ids)}
    answer = person.ask(method, path.format(**ids), headers=headers, **more)
    assert answer.status_code < 500, (method, path, role, answer.text)
    return answer.status_code


def body(world: World, path: str, ids: dict[str, str]):
    told = BODIES[path]
    if path.endswith("/known"):
        return {**told, "submission": ids["submission"]}
    if path == "/api/ledger":
        return {**told, "account": ids["account"], "campaign": ids["campaign"]}
    if path.endswith("/enrolments"):
        shown = world.house.owner.do("GET", f"/api/campaigns/{world.campaign}")["consent"]
        consent = {**told["consent"], "text": shown[0]["hash"]}
        return {"key": f"enrol-{world.number:06d}", "consent": consent}
    if path == "/api/accounts":
        return {**told, "name": f"n{world.number}"}
    if path.endswith("/members"):
        return {**told, "account": ids["account"]}
    if path.endswith("/consent"):
        shown = world.house.owner.do("GET", f"/api/campaigns/{world.campaign}")["consent"]
        return {**told, "text": shown[0]["hash"]}
    return dict(told) if isinstance(told, dict) else told


def upload_headers(assignment: str, number: int) -> dict[str, str]:
    import base64

    pairs = {"assignment": assignment, "key": f"upload-{number:06d}"}
    meta = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
    return {"upload-length": "2", "upload-metadata": meta}


def test_a_change_needs_the_pages_own_token_and_the_pages_own_site(world):
    person = world.house.contributor(world.campaign)
    person.csrf = "wrong"
    assert person.ask("PUT", "/api/me/about", json={"about": {}}).status_code == 403
    person.do("GET", "/api/me")
    assert person.ask("PUT", "/api/me/about", json={"about": {}}).status_code == 204
    evil = {"origin": "https://evil.example"}
    assert person.ask("PUT", "/api/me/about", json={"about": {}}, headers=evil).status_code == 403
    join = f"/api/campaigns/{world.campaign}/join"
    assert world.house.person().ask("POST", join, json={}, headers=evil).status_code == 403


def test_a_token_does_what_its_scopes_say_until_it_is_revoked(world):
    person = world.house.contributor(world.campaign)
    made = person.do("POST", "/api/tokens", json={"name": "script", "scopes": ["read"]})
    script, head = world.house.person(), {"authorization": f"Bearer {made['token']}"}
    assert script.ask("GET", "/api/me/ledger", headers=head).status_code == 200
    assert script.ask("PUT", "/api/me/about", json={"about": {}}, headers=head).status_code == 403
    assert (
        script.ask("POST", "/api/tokens", json={"name": "t", "scopes": ["write"]}, headers=head).status_code
        == 403
    )
    person.do("DELETE", f"/api/tokens/{made['id']}")
    assert script.ask("GET", "/api/me/ledger", headers=head).status_code == 401


def test_the_cookie_and_the_pages_are_strict(world):
    person = world.house.person()
    answer = person.ask("POST", f"/api/campaigns/{world.campaign}/join", json={})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_owners_link_works_once(tmp_path):
    from ingather.studio.app import first_link

    house = House(make_workspace(tmp_path / "w"))
    assert first_link(house.studio) is None
    token = first_link(house.studio, again=True)
    body = {"token": token, "name": "Second", "password": "a long password"}
    assert house.person().ask("POST", "/api/owner", json=body).status_code == 201
    assert house.person().ask("POST", "/api/owner", json={**body, "name": "Third"}).status_code == 403
    house.close()


def test_who_did_what_is_written_down_without_what_they_said(world):
    log = world.house.owner.do("GET", "/api/audit?limit=1000")
    log += world.house.owner.do("GET", f"/api/audit?limit=1000&before={log[-1]['number']}")
    assert {"owner made", "campaign made", "joined"} <= {entry["what"] for entry in log}
    assert all(set(entry) == {"number", "at", "who", "what", "about"} for entry in log)
