"""Requests are counted by address and by account, so that one who floods does not keep others out."""

from __future__ import annotations

from studio_place import House, make_workspace


def test_who_floods_waits_and_others_at_the_same_address_do_not(tmp_path):
    house = House(make_workspace(tmp_path / "w"), rate=20)
    campaign = house.campaign()
    first, second = house.contributor(campaign), house.contributor(campaign)
    answers = [first.ask("GET", "/api/me").status_code for _ in range(30)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert second.ask("GET", "/api/me").status_code == 200
    nobody = [house.person().ask("GET", "/api/me").status_code for _ in range(30)]
    assert nobody[-1] == 429
    assert second.ask("GET", "/api/me").status_code == 200
    assert house.person().ask("GET", "/api/me").json()["error"]["fix"]
    house.close()
