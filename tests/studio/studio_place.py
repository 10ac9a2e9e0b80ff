"""A workspace with a plan for the studio, and people who use it over HTTP."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from starlette.testclient import TestClient

from ingather.store.workspace import Workspace, open_workspace
from ingather.studio.app import create_app, first_link
from ingather.studio.settings import Settings

PLAN = """
version: 1
name: spoken
objective: Tell yes from no, whoever says it.
modality: audio
languages: [en]
task: {type: classification, labels: ['yes', 'no']}
attributes:
  accent: {of: contributor, values: [us, scotland]}
targets:
  groups:
    - {by: [accent, label], each: EACH}
rights: {licences: [CC0-1.0], consent: consent/en.md, purposes: [train, evaluate], lawful_basis: consent}
sources:
  - {name: studio, kind: voice, licence: CC0-1.0, takes: 5}
clean: [decode, duration, silence, clipping, snr, cut]
release: {splits: {train: 1.0}, licence: CC0-1.0}
"""


def make_workspace(folder: Path, *, each: int = 3, database: str = "") -> Workspace:
    """A workspace that holds the plan above."""
    (folder / "consent").mkdir(parents=True)
    (folder / "consent" / "en.md").write_text("You give your voice so that a computer learns yes and no.\n")
    text = PLAN.replace("EACH", str(each)) + (f"database: {database}\n" if database else "")
    (folder / "plan.yaml").write_text(text)
    return open_workspace(folder)


def voice(seed: int = 0, *, seconds: float = 1.2, rate: int = 48_000, level: float = 0.3) -> bytes:
    """A recording as a person would make it: quiet, then a tone that sways like a voice, then quiet."""
    lots = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    shape = np.clip(np.sin(np.pi * np.clip((time - 0.25) / (seconds - 0.5), 0, 1)) * 1.5, 0, 1)
    tone = sum(
        np.sin(2 * np.pi * n * (140 + 9 * seed % 60) * time + lots.uniform(0, 6)) / n for n in range(1, 12)
    )
    sound = level * shape * tone / 2.5 * (0.7 + 0.3 * np.sin(2 * np.pi * 4 * time))
    sound = sound + lots.normal(0, 0.0005, len(time))
    out = io.BytesIO()
    soundfile.write(out, sound.astype(np.float32), rate, format="WAV", subtype="PCM_16")
    return out.getvalue()


class Person:
    """A browser with a cookie of its own, and the CSRF token that the page was told."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf = ""

    def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"x-csrf-token": self.csrf, **more.pop("headers", {})}
        answer = self.client.request(method, path, headers=headers, **more)
        if answer.headers.get("content-type", "").startswith("application/json") and answer.content:
            told = answer.json()
            if isinstance(told, dict) and told.get("csrf"):
                self.csrf = told["csrf"]
        return answer

    def do(self, method: str, path: str, **more: Any) -> Any:
        answer = self.ask(method, path, **more)
        assert answer.status_code < 400, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None


class House:
    """A running studio, with an owner and a campaign."""

    def __init__(self, workspace: Workspace, **settings: Any) -> None:
        self.workspace = workspace
        self.app = create_app(workspace, Settings(**{"gate_workers": 0, "rate": 0, **settings}))
        self.studio = self.app.state.studio
        self._first = TestClient(self.app)
        self._first.__enter__()
        token = first_link(self.studio)
        self.owner = self.person()
        self.owner.do(
            "POST", "/api/owner", json={"token": token, "name": "Ola", "password": "a long password"}
        )

    def person(self) -> Person:
        return Person(TestClient(self.app, base_url="http://testserver"))

    def campaign(self, **settings: Any) -> str:
        body = {"source": "studio", "title": "Yes and no", "settings": settings}
        return self.owner.do("POST", "/api/campaigns", json=body)["id"]

    def contributor(self, campaign: str, accent: str | None = "us") -> Person:
        person = self.person()
        person.do("POST", f"/api/campaigns/{campaign}/join", json={})
        shown = person.do("GET", f"/api/campaigns/{campaign}")["consent"][0]["hash"]
        agreed = {"text": shown, "purposes": ["train", "evaluate"], "shown_at": 1.0, "of_age": True}
        person.do("POST", f"/api/campaigns/{campaign}/consent", json=agreed)
        if accent:
            person.do("PUT", "/api/me/about", json={"about": {"accent": accent}})
        return person

    def close(self) -> None:
        self._first.__exit__(None, None, None)
