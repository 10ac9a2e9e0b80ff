"""A facilitator's phone: enrolled with consent, answers and a card; what one said is found by the card."""

from __future__ import annotations

from pathlib import Path

from studio_browser import Place, browser, fake_voice, record_one


def test_two_people_on_one_phone(tmp_path: Path) -> None:
    place = Place(tmp_path / "place", checks=0)
    made = place.owner.ask("POST", "/api/accounts", {"name": "Fen", "role": "facilitator"})[1]
    joined = {"account": made["id"], "role": "facilitator"}
    assert place.owner.ask("POST", f"/api/campaigns/{place.campaign}/members", joined)[0] == 201
    try:
        with browser(fake_voice(tmp_path / "voice.wav")) as chromium:
            page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-GB").new_page()
            page.goto(place.url)
            body = {"code": made["code"], "password": "another long one"}
            status = page.evaluate(
                "body => fetch('api/accounts/accept', {method: 'POST', body: JSON.stringify(body),"
                " headers: {'content-type': 'application/json'}}).then(told => told.status)",
                body,
            )
            assert status == 200
            page.goto(place.link("/people"))
            cards = []
            for _ in range(2):
                page.get_by_role("button", name="Another person").click()
                page.get_by_label("Train").check()
                page.get_by_label("I am of age").check()
                page.get_by_role("button", name="I agree").click()
                page.get_by_label("Accent").select_option("us")
                page.get_by_role("button", name="Save").click()
                cards.append(page.locator("[data-code]").inner_text())
                page.get_by_role("button", name="Done").click()
            page.get_by_role("button", name=cards[1][:9]).click()
            page.get_by_role("button", name="Try it").click()
            page.get_by_role("button", name="Begin").click(timeout=15_000)
            record_one(page)
            page.locator('[data-kept="0"][data-sent="1"]').wait_for(timeout=15_000)
            page.goto(f"{place.url}/sign-in")
            page.get_by_label("Code on paper").fill(cards[1])
            page.get_by_role("button", name="Sign in").click()
            page.locator('[data-state="accepted"]').wait_for()
    finally:
        place.server.kill()
