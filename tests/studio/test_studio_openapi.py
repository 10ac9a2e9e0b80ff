"""The whole OpenAPI description, asked with what it allows and what it does not: never an answer of 5xx."""

from __future__ import annotations

import warnings

import pytest
from studio_place import House, make_workspace

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 6


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(make_workspace(tmp_path_factory.mktemp("openapi") / "w", each=50))
    yield house
    house.close()


def test_nothing_that_is_sent_breaks_the_server(house):
    from hypothesis import HealthCheck, Phase, given, settings

    campaign = house.campaign(checks=1)
    people = [house.owner, house.contributor(campaign)]
    described = schemathesis.openapi.from_asgi("/api/openapi.json", house.app)
    broken: list[str] = []
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path in ("/api/me/withdraw", "/api/session") and operation.method == "delete":
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal asked
            if "campaign" in case.path_parameters:
                case.path_parameters["campaign"] = campaign
            for person in people:
                sent = case.as_transport_kwargs(base_url="http://testserver")
                sent = {name: sent[name] for name in ("params", "json", "data") if sent.get(name) is not None}
                if "data" in sent:
                    sent["content"] = sent.pop("data")
                asked += 1
                answer = person.client.request(
                    case.method, case.formatted_path, headers={"x-csrf-token": person.csrf}, **sent
                )
                if answer.status_code >= 500:
                    broken.append(f"{case.method} {case.formatted_path} {sent}: {answer.text[:200]}")

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask()
        for person in people:
            if person.client.get("/api/me").json()["account"] is None:
                person.do("POST", "/api/session", json={"name": "Ola", "password": "a long password"})
    assert not broken, broken[:3]
    assert asked > 300
