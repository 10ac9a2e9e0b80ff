"""Runs that the studio started: each a process of `ingather`, its log in a folder of the workspace."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from ingather.store.workspace import Workspace
from ingather.studio.answers import Refused

STAGES = ("run", "collect", "clean", "annotate", "release", "train", "next")
FOLDER = "studio-runs"
_KEPT = 50
_LAST_BYTES = 60_000
_ID = re.compile(r"[0-9a-f]{16}")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CHILDREN: dict[str, subprocess.Popen[bytes]] = {}


def start_run(workspace: Workspace, stage: str, now: float, options: dict[str, Any]) -> str:
    """Starts a stage, or the whole run, as a process of its own; returns the run's id.

    Args:
        workspace: where.
        stage: one of ``STAGES``.
        now: seconds since 1970.
        options: ``strict`` and ``apply`` as the commands take them.

    Raises:
        Refused: a run that the studio started is under way.
    """
    folder = workspace.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if any(one["state"] == "running" for one in list_runs(workspace)):
        raise Refused(409, "A run is under way.", fix="Wait until it ends, or stop it.")
    one = f"{int(now * 1000):011x}"[-11:] + secrets.token_hex(3)[:5]
    place = folder / one
    place.mkdir()
    call = [sys.executable, "-m", "ingather", "-C", str(workspace.root), "--json", stage]
    call += [f"--{name}" for name in ("strict", "apply") if options.get(name)]
    with open(place / "answer.json", "wb") as answer, open(place / "log.txt", "wb") as log:
        running = subprocess.Popen(
            call, stdin=subprocess.DEVNULL, stdout=answer, stderr=log, start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        )  # fmt: skip
    _CHILDREN[one] = running
    about = {"stage": stage, "at": now, "pid": running.pid, "began": _began(running.pid)}
    (place / "about.json").write_bytes(orjson.dumps(about))
    _sweep(folder)
    return one


def list_runs(workspace: Workspace) -> list[dict[str, Any]]:
    """The runs that the studio started, newest first."""
    folder = workspace.folder / FOLDER
    names = sorted((path.name for path in folder.glob("*")), reverse=True)
    found = (_about(folder / name, name) for name in names if _ID.fullmatch(name))
    return [one for one in found if one is not None][:_KEPT]


def show_run(workspace: Workspace, run: str) -> dict[str, Any]:
    """A run with the end of its log and, when it is over, its answer.

    Raises:
        Refused: there is none.
    """
    place = workspace.folder / FOLDER / run
    about = _about(place, run) if _ID.fullmatch(run) else None
    if about is None:
        raise Refused(404, "There is no such run.")
    answer: Any = None
    with contextlib.suppress(OSError, orjson.JSONDecodeError):
        answer = orjson.loads((place / "answer.json").read_bytes() or b"null")
    return {**about, "log": _tail(place / "log.txt"), "answer": answer}


def stop_run(workspace: Workspace, run: str) -> bool:
    """Asks a run to stop as Ctrl-C does; what it has done stays done. False where it is over."""
    about = show_run(workspace, run)
    if about["state"] != "running":
        return False
    place = workspace.folder / FOLDER / run
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(orjson.loads((place / "about.json").read_bytes())["pid"]), signal.SIGINT)
    (place / "stopped").touch()
    return True


def _about(place: Path, run: str) -> dict[str, Any] | None:
    try:
        told = orjson.loads((place / "about.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    child = _CHILDREN.get(run)
    code = child.poll() if child is not None else None
    if child is not None and code is not None:
        _CHILDREN.pop(run, None)
        (place / "code").write_text(str(code))
    with contextlib.suppress(OSError, ValueError):
        code = int((place / "code").read_text())
    state = "running"
    if code is not None:
        state = "done" if code == 0 else "stopped" if code in (130, -2) else "failed"
    elif child is None and _began(told["pid"]) != told["began"]:
        state = "stopped" if (place / "stopped").exists() else "over"
    return {"id": run, "stage": told["stage"], "at": told["at"], "state": state, "code": code}


def _tail(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - _LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rsplit("\r", 1)[-1] for line in lines)


def _began(pid: int) -> str:
    """When a process began, so that another one of the same number is told apart; empty where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rsplit(")", 1)[1].split()
        return "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        pass
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "alive"


def _sweep(folder: Path) -> None:
    import shutil

    old = sorted((path for path in folder.iterdir() if _ID.fullmatch(path.name)), reverse=True)[_KEPT:]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
