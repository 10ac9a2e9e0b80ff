"""The owner's and the reviewer's pages in a real browser, on a real server, with a campaign under way."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from studio_place import make_workspace, voice
from studio_server import Client, Server

from ingather.studio.routes.pages import STATIC
from needed import missing

PAGES = [
    "owner/coverage", "owner/campaigns", "owner/campaigns/CAMPAIGN/waiting",
    "owner/campaigns/CAMPAIGN/prompts",
    "owner/campaigns/CAMPAIGN/links", "owner/campaigns/CAMPAIGN/people", "owner/campaigns/CAMPAIGN/texts",
    "owner/campaigns/CAMPAIGN/fairness", "owner/samples", "owner/plan", "owner/runs", "owner/releases",
    "owner/report", "owner/people", "owner/credit", "owner/languages", "review",
]  # fmt: skip
PASSWORD = "a long password"


class Place:
    """A server with an owner who came by the browser, a campaign, and people who gave something."""

    def __init__(self, folder: Path, browser) -> None:
        self.server = Server(make_workspace(folder / "w", each=6))
        self.server.start()
        self.address = f"http://127.0.0.1:{self.server.port}/"
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
        self.said: list[str] = []
        self.page = self.context.new_page()
        self.page.on("console", lambda told: self.said.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: str):
        self.page.goto(self.address + path)
        self.page.locator("main h1").first.wait_for()
        self.page.wait_for_load_state("networkidle" if "coverage" not in path and path != "owner" else "load")
        return self.page

    def giver(self, campaign: str, accent: str) -> Client:
        person, at = Client(self.server), f"/api/campaigns/{campaign}"
        person.ask("POST", f"{at}/join", {})
        shown = person.ask("GET", at)[1]["consent"][0]["hash"]
        agreed = {"text": shown, "purposes": ["train", "evaluate"], "shown_at": 1.0, "of_age": True}
        person.ask("POST", f"{at}/consent", agreed)
        person.ask("PUT", "/api/me/about", {"about": {"accent": accent}})
        return person

    def give(self, person: Client, campaign: str, seed: int) -> str:
        _, told = person.ask("POST", f"/api/campaigns/{campaign}/tasks", {"kind": "record"})
        path = f"/api/assignments/{told['tasks'][0]['assignment']}/recording"
        head = {"content_type": "audio/wav", "idempotency_key": f"given-{seed:06d}"}
        status, answer = person.ask("POST", path, voice(seed), **head)
        assert status < 300, answer
        return answer["submission"]

    def check(self, person: Client, campaign: str, answer: str) -> None:
        _, told = person.ask("POST", f"/api/campaigns/{campaign}/tasks", {"kind": "check"})
        for task in told["tasks"]:
            person.ask("POST", f"/api/assignments/{task['assignment']}/answer", {"answer": answer})

    def sign_in(self, name: str) -> None:
        self.context.clear_cookies()
        self.open("owner")
        self.page.evaluate("localStorage.removeItem('ingather.me')")
        self.open("owner")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("navigation", name="The way of a sample").wait_for()


@pytest.fixture(scope="module")
def place(tmp_path_factory, browser):
    if not (STATIC / "index.html").is_file():
        missing("the pages are not built: make pages")
    place = Place(tmp_path_factory.mktemp("pages"), browser)
    page = place.page
    page.goto(f"{place.address}first#{place.server.link}")
    page.get_by_label("Name").fill("Ola")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("navigation", name="The way of a sample").wait_for()
    place.open("owner/campaigns")
    page.get_by_label("Title").fill("Yes and no")
    page.get_by_label("Pay for one accepted sample").fill("10")
    page.get_by_role("button", name="Make the campaign").click()
    page.get_by_role("heading", name="Yes and no").wait_for()
    place.campaign = page.url.split("/campaigns/")[1].split("/")[0]
    yield place
    place.context.close()
    place.server.kill()


@pytest.fixture(scope="module")
def filled(place):
    """The campaign checked by the gates alone gave samples; another has something disputed."""
    owner = Client(place.server)
    owner.ask("POST", "/api/session", {"name": "Ola", "password": PASSWORD})
    gates = {"source": "studio", "title": "By the gates", "settings": {"checks": 0, "pay_sample": 10}}
    _, made = owner.ask("POST", "/api/campaigns", gates)
    for seed, accent in enumerate(("us", "us", "scotland")):
        place.give(place.giver(made["id"], accent), made["id"], seed)
    _, made = owner.ask("POST", "/api/campaigns", {**gates, "title": "Two judge", "settings": {"checks": 2}})
    place.two = made["id"]
    judges = [place.giver(place.two, "us") for _ in range(2)]
    place.disputed = place.give(place.giver(place.two, "scotland"), place.two, 77)
    for judge, answer in zip(judges, ("yes", "no"), strict=True):
        place.check(judge, place.two, answer)
    place.give(place.giver(place.campaign, "scotland"), place.campaign, 78)
    return place


def test_coverage_moves_while_somebody_looks(place):
    page = place.open("owner/coverage")
    page.get_by_role("heading", name="Against the plan").wait_for()
    before = page.get_by_role("heading", level=1).inner_text()
    assert before == "0 of 24 kept"
    lead = page.locator("p.lead")
    assert lead.inner_text().startswith("0 on the way")
    place.give(place.giver(place.campaign, "us"), place.campaign, 5)
    page.get_by_text("1 on the way").wait_for(timeout=8000)


def test_a_run_from_the_studio_brings_what_was_given_into_the_gallery(filled):
    page = filled.open("owner/runs")
    page.get_by_role("button", name="Collect").click()
    page.get_by_role("status").get_by_text("Done").wait_for(timeout=60_000)
    page.get_by_role("button", name="Clean").click()
    page.get_by_role("heading", name="Clean").wait_for()
    page.get_by_role("status").get_by_text("Done").wait_for(timeout=60_000)
    filled.open("owner/samples?accent=us")
    page.get_by_text("2 shown").wait_for()
    wave = page.get_by_role("img", name="Waveform of")
    wave.first.wait_for()
    assert wave.first.locator("rect").count() == 80
    page.get_by_role("button", name="Set aside").first.click()
    page.get_by_text("by hand; cleaning carries it out").wait_for()
    page.get_by_role("button", name="Play").first.click()
    page.get_by_role("button", name="Pause").or_(page.locator("rect.on")).first.wait_for()


def test_a_reviewer_hears_and_settles_a_dispute_and_sees_nothing_else(filled):
    page = filled.open(f"owner/campaigns/{filled.two}/links")
    page.get_by_label("Name").fill("Rita")
    page.get_by_role("button", name="Make the account").click()
    link = page.get_by_text("/owner/accept#").inner_text()
    try:
        filled.context.clear_cookies()
        page.goto(link)
        page.reload()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Take it").click()
        page.get_by_text("1 to settle").wait_for()
        assert page.get_by_role("heading", level=2).all_inner_texts() == ["Two judge"]
        assert "account" not in page.locator("main").inner_text()
        page.get_by_label("Reason, where you refuse it").fill("It says maybe.")
        page.get_by_role("button", name="Refuse it").click()
        page.get_by_text("Nothing to settle").wait_for()
        assert page.get_by_role("link", name="Plan").count() == 0
    finally:
        filled.sign_in("Ola")
    owner = Client(filled.server)
    owner.ask("POST", "/api/session", {"name": "Ola", "password": PASSWORD})
    _, told = owner.ask("GET", f"/api/submissions/{filled.disputed}")
    assert (told["state"], told["reason"]) == ("refused", "It says maybe.")


def test_the_form_and_the_text_of_the_plan_are_one(place):
    page = place.open("owner/plan")
    box = page.get_by_role("textbox", name="plan.yaml")
    from playwright.sync_api import expect

    each = page.get_by_label("each", exact=True)
    each.wait_for()
    each.fill("7")
    each.blur()
    expect(box).to_have_value(re.compile("each: 7"))
    text = box.input_value()
    box.fill(text.replace("licences: [CC0-1.0]", "licences: [CC0-9.0]"))
    page.get_by_text("is no licence that is known").first.wait_for()
    page.get_by_role("button", name="Line ").first.click()
    chosen = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert box.evaluate(chosen) == "CC0-9.0"
    assert page.get_by_role("button", name="Keep the plan").is_disabled()
    box.fill(text)
    page.get_by_text("The plan is sound").wait_for()
    page.get_by_role("button", name="Keep the plan").click()
    page.get_by_text("Kept.").wait_for()
    assert "each: 7" in place.server.workspace.plan_path.read_text()


def test_a_language_added_in_the_studio_is_spoken_after_the_next_load(place):
    page = place.open("owner/languages")
    page.get_by_label("Language, as a tag").fill("eo")
    page.get_by_role("button", name="Open its table").click()
    page.get_by_label("Its own name").fill("Esperanto")
    page.get_by_label("Bring in a CSV or PO").set_input_files(
        {
            "name": "eo.csv",
            "mimeType": "text/csv",
            "buffer": b"key,english,translation\nrun.page_plan,Plan,Plano\nnobody,x,y\n",
        }
    )
    page.get_by_text("1 messages were brought in").wait_for()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("1 messages are kept").wait_for()
    place.open("owner/languages")
    page.get_by_role("combobox", name="Language", exact=True).select_option("eo")
    page.get_by_role("link", name="Plano").wait_for()
    page.get_by_role("combobox", name="Language", exact=True).select_option("en")
    page.get_by_role("link", name="Plan", exact=True).wait_for()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_every_width_and_axe_finds_nothing(filled, path):
    from axe_playwright_python.sync_playwright import Axe

    path = path.replace("CAMPAIGN", filled.campaign)
    filled.said.clear()
    state = filled.context.storage_state()
    browser = filled.context.browser
    for scheme, width in (("light", 1280), ("dark", 390), ("light", 320)):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=state, locale="en",
            bypass_csp=True,
        )  # fmt: skip
        page = context.new_page()
        page.goto(filled.address + path)
        page.locator("main h1").first.wait_for()
        page.wait_for_timeout(400)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = Axe().run(page).response["violations"]
        if pictures := os.environ.get("INGATHER_PICTURES"):
            name = path.replace("/", "-").replace(filled.campaign, "one")
            page.screenshot(path=f"{pictures}/{name}-{width}-{scheme}.png", full_page=True)
        context.close()
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], (path, scheme, width)
        assert wide <= width, (path, width)


def test_pages_hold_under_the_servers_own_policy(filled):
    filled.said.clear()
    for path in ("owner/coverage", f"owner/campaigns/{filled.campaign}/prompts", "owner/samples", "review"):
        filled.open(path)
    assert filled.said == []


def test_everything_can_be_reached_by_keyboard(filled):
    page = filled.open("owner/campaigns")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the page"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
