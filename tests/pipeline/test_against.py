"""What must not be trained on is found: exactly, nearly, and by a share of its words."""

from __future__ import annotations

from pathlib import Path

from command_line import run_json

PLAN = """\
version: 1
name: clean-of-benchmarks
objective: Keep the benchmark out.
modality: text
languages: [en]
task: {type: none}
rights: {licences: [CC0-1.0]}
sources: [{name: texts, kind: files, path: texts.csv, text: text, licence: CC0-1.0}]
against: [benchmark.jsonl]
"""
QUESTION = (
    "which of the seven rivers that rise in the eastern hills is the longest and where does it reach the sea"
)


def test_benchmark_texts_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "benchmark.jsonl").write_text(f'{{"question": "{QUESTION}", "answer": "the third"}}\n')
    rows = [
        QUESTION,
        f"please tell me {QUESTION} if you can",
        "a sentence about something else altogether today",
    ]
    (tmp_path / "texts.csv").write_text("text\n" + "\n".join(rows) + "\n")
    run_json("-C", tmp_path, "collect")
    run_json("-C", tmp_path, "clean")
    told = run_json("-C", tmp_path, "samples")["samples"]
    assert [one["operator"] for one in told] == ["against", "against", None]
    assert told[0]["measure"] == "similarity"
    (tmp_path / "benchmark.jsonl").write_text(
        '{"question": "something that nobody wrote down in any text"}\n'
    )
    run_json("-C", tmp_path, "clean")
    assert [one["verdict"] for one in run_json("-C", tmp_path, "samples")["samples"]] == ["kept"] * 3
