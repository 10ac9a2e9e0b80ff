"""What goes wrong outside: a damaged or newer database, Ctrl-C, a lost record of releases, a full disk."""

from __future__ import annotations

import errno
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ingather as ingather_package
from command_line import command, environment, ingather, run_json
from ingather.cli.failures import tell_unexpected
from ingather.cli.settings import Settings

PLAN = """\
version: 1
name: spam
objective: Tell spam from ham.
modality: text
task: {type: classification, labels: [ham, spam]}
sources:
  - {name: mail, kind: files, path: mail.tsv, format: tsv, text: SMS, label: Label, licence: CC-BY-4.0}
release: {}
"""


@pytest.fixture
def place(tmp_path: Path, data: Path) -> Path:
    lines = (data / "sms-spam" / "SMSSpamCollection").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "mail.tsv").write_text("".join(lines[:101]), encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path


def test_a_damaged_database_is_told_and_can_be_moved_away(place: Path) -> None:
    ingather("-C", place, "run")
    kept = (place / "releases" / "v1" / "manifest.json").read_bytes()
    database = place / ".ingather" / "ingather.db"
    for beside in database.parent.glob("ingather.db-*"):
        beside.unlink()
    database.write_bytes(b"not a database at all" * 500)
    told = ingather("-C", place, "status", code=2)
    assert "cannot be read: file is not a database" in told.err
    assert "move it away" in told.err
    database.unlink()
    (place / "plan.yaml").write_text(PLAN.replace("Tell spam", "Tell all spam"))
    assert run_json("-C", place, "run")["stages"][-1]["release"] == "v2"
    assert (place / "releases" / "v1" / "manifest.json").read_bytes() == kept


def test_tables_of_no_known_version_are_refused(place: Path) -> None:
    ingather("-C", place, "collect")
    for version, words in (("9999", "A newer Ingather"), ("abc", "the version of its tables is 'abc'")):
        with sqlite3.connect(place / ".ingather" / "ingather.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        assert words in ingather("-C", place, "run", code=2).err


def test_ctrl_c_at_any_moment_is_told_and_the_next_run_goes_on(place: Path) -> None:
    # The earliest moments are those in which the database's tables are made.
    for wait in (0.3, 0.5, 0.7, 0.9):
        running = subprocess.Popen(
            command("-C", place, "run"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
        if running.returncode == 130:
            assert "Interrupted" in err
            assert "Traceback" not in err
    ingather("-C", place, "run")
    assert run_json("-C", place, "doctor")["ok"] is True


def test_nothing_is_loaded_before_ctrl_c_is_answered_in_words() -> None:
    loads = (
        "import sys; before = set(sys.modules); import ingather.__main__; "
        "print(sorted(set(sys.modules) - before - {'__future__'}))"
    )
    words = [sys.executable, "-S", "-c", loads]  # without what the environment loads by itself
    where = {**environment(), "PYTHONPATH": str(Path(ingather_package.__file__).parents[1])}
    done = subprocess.run(words, capture_output=True, text=True, env=where, check=True)
    assert done.stdout.strip() == "['ingather', 'ingather.__main__']"


def test_tables_are_made_whole_or_not_at_all(place: Path) -> None:
    from sqlalchemy import create_engine, event, inspect

    from ingather.store.migrate import upgrade

    engine = create_engine(f"sqlite:///{place / 'half.db'}")

    @event.listens_for(engine, "before_cursor_execute")
    def stop(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE leases" in statement:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    engine.dispose()
    assert inspect(create_engine(f"sqlite:///{place / 'half.db'}")).get_table_names() == []


def test_what_the_system_refuses_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/somewhere")
    assert tell_unexpected(full, Settings()) == 3
    assert "There is no room left on the disk." in capsys.readouterr().err
    refused = PermissionError(errno.EACCES, "Permission denied", "/some\x1bwhere")
    assert tell_unexpected(refused, Settings()) == 3
    told = capsys.readouterr().err
    assert "Permission denied" in told
    assert "may read and write" in told
    assert "\x1b" not in told


def test_calls_that_say_too_little_are_told_what_is_missing(tmp_path: Path) -> None:
    assert "-C names no folder" in ingather("status", "-C", code=2).err
    (tmp_path / "votes.csv").write_text("")
    assert "There are no votes" in ingather("consensus", tmp_path / "votes.csv", code=2).err


def test_a_table_without_rows_is_told_once_with_its_reason_and_not_counted(place: Path) -> None:
    header, *_ = (place / "mail.tsv").read_text(encoding="utf-8").splitlines()
    (place / "mail.tsv").write_text(f"{header}\n", encoding="utf-8")
    told = ingather("-C", place, "run", code=2)
    assert told.out.count("holds no row of data") + told.err.count("holds no row of data") == 1
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "holds no row of data" in page
    assert ">0: " not in page
    (place / "mail.tsv").write_bytes(bytes(range(256)) * 200)
    told = ingather("-C", place, "run", code=2)
    assert "cannot be read as a table" in told.out + told.err
    assert "holds no row of data" not in told.out + told.err
