"""The report of a real workspace holds every quota, group and source, and no foreign markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ingather.plan.quotas import coverage
from ingather.plan.read import read_plan
from ingather.report.stage import report
from ingather.report.wording import value_of
from ingather.store.counts import read_counts
from ingather.store.cursors import get_cursor, set_cursor
from ingather.store.workspace import Workspace

EMPTY = {"meta", "line", "rect", "circle", "path"}


class Reader(HTMLParser):
    """Holds every table row's text, every id, and complains where tags do not pair."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]
        self.tags.add(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "tr":
            self.rows.append("")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert tag in EMPTY, tag

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "tr" in self.open:
            self.rows[-1] += data.replace("\xa0", " ")


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def page(health: Workspace) -> Reader:
    return read(health.root / "report.html")


def test_a_run_writes_it_and_nothing_beside_it(health: Workspace) -> None:
    assert (health.root / "report.html").is_file()
    assert not list(health.root.glob("*.new"))


def test_nothing_of_it_lies_elsewhere(health: Workspace, page: Reader) -> None:
    text = (health.root / "report.html").read_text(encoding="utf-8")
    assert "://" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "form"}


def test_headings_and_names_are_in_order(page: Reader) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert len(page.ids) == len(set(page.ids))


def test_every_quota_is_in_a_row_with_its_figures(health: Workspace, page: Reader) -> None:
    plan = read_plan(health.plan_path)
    rows = coverage(plan, read_counts(health, plan))
    assert len(rows) == 1 + 3 + 15 + 5
    for row in rows:
        name = ", ".join(f"{key} {value}" for key, value in row.by.items()) if len(row.by) > 1 else ""
        name = name or "".join(row.by.values()) or "all together"
        told = f"{row.kept:,.0f} of {row.target:,.0f}"
        gap = f"{row.gap:,.0f} to go" if row.gap else "Full"
        assert [one for one in page.rows if one.startswith(name) and told in one and gap in one], row


def test_a_value_with_nothing_stands_at_nought(page: Reader) -> None:
    assert "30 of 900900 to go" in page.rows


def test_every_group_is_in_a_row_with_its_interval(health: Workspace, page: Reader) -> None:
    trained: Any = get_cursor(health, "trained")
    groups = trained["told"]["groups"]
    assert len(groups) > 20
    for one in groups:
        if one["value"] is None:
            continue
        value, low, high = (value_of("mae", one[end]) for end in ("value", "low", "high"))
        figure = f"{value} ({low} to {high})"
        found = [row for row in page.rows if figure in row and f"{one['n']:,} sample" in row]
        assert found, one
        if not one["judged"]:
            assert any("too small to judge" in row or "is unknown" in row for row in found), one


def test_the_source_with_what_a_kept_sample_costs(page: Reader) -> None:
    # 2,800 rows at .03 EUR, of which 2,781 are kept: 84.00 / 2,781.
    row = next(one for one in page.rows if one.startswith("bfifiles"))
    assert "2,800" in row
    assert "2,781 (99.3 %)" in row
    assert row.endswith("0.0302 EUR")


def test_what_people_wrote_stays_text(health: Workspace) -> None:
    text = (health.root / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<b>no more" not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &lt;b&gt;no more" in text


def test_the_same_store_gives_the_same_bytes(health: Workspace) -> None:
    plan = read_plan(health.plan_path)
    first = report(health, plan).read_bytes()
    assert report(health, plan).read_bytes() == first


def test_a_proposal_about_an_older_release_is_not_shown(health: Workspace) -> None:
    plan = read_plan(health.plan_path)
    assert "ingather next --apply" in report(health, plan).read_text(encoding="utf-8")
    trained: Any = get_cursor(health, "trained")
    older = {**trained, "told": {**trained["told"], "release": "v0"}}
    with health.database.begin() as connection:
        set_cursor(connection, "trained", older)
    try:
        text = report(health, plan).read_text(encoding="utf-8")
        assert "ingather next --apply" not in text
        assert "Release v1 is newer than these figures" in text
    finally:
        with health.database.begin() as connection:
            set_cursor(connection, "trained", trained)
        report(health, plan)


def test_before_anything_ran_every_section_says_how_to_begin(health: Workspace, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(health.plan_path.read_bytes())
    workspace = Workspace(tmp_path)
    page = read(report(workspace, read_plan(workspace.plan_path)))
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Nothing is collected yet." in text
    assert text.count("To begin: <code>ingather") >= 7
    assert "30 of 900900 to go" in page.rows
    assert not workspace.started
    assert len(re.findall(r"<h2 ", text)) == 10
