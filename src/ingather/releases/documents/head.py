"""The YAML head of a dataset card, as the Hugging Face hub and its loader read it.

Fields and their closed lists are those of the hub's dataset card specification.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ingather.plan.model import Plan
from ingather.releases.facts import Facts

_TASKS = {
    ("text", "classification"): "text-classification",
    ("audio", "classification"): "audio-classification",
    ("image", "classification"): "image-classification",
    ("video", "classification"): "video-classification",
    ("record", "classification"): "tabular-classification",
    ("record", "regression"): "tabular-regression",
    ("text", "regression"): "text-classification",
    ("text", "tagging"): "token-classification",
    ("text", "spans"): "token-classification",
    ("image", "boxes"): "object-detection",
    ("image", "polygons"): "image-segmentation",
    ("audio", "transcription"): "automatic-speech-recognition",
    ("image", "transcription"): "image-to-text",
    ("text", "translation"): "translation",
    ("text", "ranking"): "text-ranking",
    ("text", "retrieval"): "text-retrieval",
    ("text", "preference"): "reinforcement-learning",
    ("text", "dialogue"): "text-generation",
    ("sensor", "forecasting"): "time-series-forecasting",
    ("record", "forecasting"): "time-series-forecasting",
}
_TASK_IDS = {
    ("text", "spans"): "named-entity-recognition",
    ("text", "tagging"): "named-entity-recognition",
    ("text", "regression"): "text-scoring",
    ("text", "dialogue"): "dialogue-modeling",
}
_SIZES = (
    (10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"), (10**9, "100M<n<1B"),
)  # fmt: skip
_LICENCES = frozenset((
    "apache-2.0", "mit", "afl-3.0", "artistic-2.0", "bsl-1.0", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "c-uda", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "wtfpl", "ecl-2.0", "epl-1.0",
    "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "isc", "lppl-1.3c", "ms-pl", "mpl-2.0",
    "osl-3.0", "postgresql", "ofl-1.1", "ncsa", "unlicense", "zlib",
))  # fmt: skip
_OTHER_NAMES = {
    "ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by", "PDDL-1.0": "pddl", "GPL-3.0-only": "gpl-3.0",
    "GPL-2.0-only": "gpl-2.0", "AGPL-3.0-only": "agpl-3.0", "LGPL-3.0-only": "lgpl-3.0",
    "LGPL-2.1-only": "lgpl-2.1",
}  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./<>-]*")
_RESERVED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"])
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def head(facts: Facts) -> str:
    """The YAML of the card, between its lines of dashes."""
    return "---\n" + _yaml(head_fields(facts)) + "---\n"


def head_fields(facts: Facts) -> dict[str, Any]:
    """What the head says, in its order; nothing that is empty."""
    plan = facts.plan
    task = (plan.modality, plan.task.type)
    fields: dict[str, Any] = {
        "pretty_name": plan.name,
        "language": list(dict.fromkeys(tag.split("-")[0] for tag in plan.languages)),
        "language_bcp47": [tag for tag in plan.languages if "-" in tag],
        **licence_fields(facts),
        "task_categories": [_TASKS[task]] if task in _TASKS else [],
        "task_ids": _task_ids(plan),
        "size_categories": [next((name for most, name in _SIZES if facts.samples < most), "n>1T")],
        "tags": [
            "ingather", plan.modality, *(["synthetic"] if facts.synthetic else []),
            *([plan.task.type] if task not in _TASKS else []),
        ],
        "annotations_creators": _annotators(facts),
        "source_datasets": _source_datasets(facts),
        "configs": [{"config_name": "default", "data_files": _data_files(facts)}] if facts.samples else [],
        "dataset_info": _info(facts),
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value}


def licence_fields(facts: Facts) -> dict[str, Any]:
    """``license``, and a name and a link where the hub's list does not have it."""
    whole = facts.plan.release.licence if facts.plan.release else None
    names = [whole] if whole else list(facts.mix.licences)
    if not names or None in facts.mix.unknown:
        return {"license": "unknown"}
    known = [_hub_licence(name) for name in names]
    if all(known):
        return {"license": known[0] if len(known) == 1 else known}
    return {
        "license": "other",
        "license_name": "-and-".join(re.sub(r"[^a-z0-9.-]+", "-", name.lower()) for name in names),
        "license_link": "LICENSE.md",
    }


def _hub_licence(name: str) -> str | None:
    lower = name.lower()
    return lower if lower in _LICENCES else _OTHER_NAMES.get(name)


def _task_ids(plan: Plan) -> list[str]:
    task = (plan.modality, plan.task.type)
    if plan.task.type == "classification" and plan.modality in ("text", "image", "record"):
        of = {"text": "", "image": "-image", "record": "tabular-"}[plan.modality]
        kind = "multi-label" if plan.task.multi else "multi-class"
        if plan.modality == "record":
            return [f"{of}{kind}-classification"]
        return [f"{kind}{of}-classification"]
    return [_TASK_IDS[task]] if task in _TASK_IDS else []


def _annotators(facts: Facts) -> list[str]:
    found = []
    if any(source["samples"] and not source["synthetic"] for source in facts.sources.values()):
        found += ["found"] if facts.labelled.get("source") else []
    found += ["crowdsourced"] if facts.votes else []
    found += ["machine-generated"] if facts.synthetic else []
    return found or ["no-annotation"]


def _source_datasets(facts: Facts) -> list[str]:
    there = {name: source for name, source in facts.sources.items() if source["samples"]}
    extended = [f"extended|other-{name}" for name, source in there.items() if source["kind"] == "dataset"]
    return (["original"] if len(extended) < len(there) else []) + extended


def _data_files(facts: Facts) -> list[dict[str, str]]:
    return [{"split": name, "path": f"data/{name}-*.parquet"} for name, n in facts.splits.items() if n]


def _info(facts: Facts) -> dict[str, Any]:
    splits = [
        {"name": name, "num_bytes": _bytes_of(facts, name), "num_examples": n}
        for name, n in facts.splits.items()
        if n
    ]
    total = sum(_bytes_of(facts, name) for name, n in facts.splits.items() if n)
    return {
        "features": [{"name": name, **_feature(told)} for name, told in facts.features.items()],
        "splits": splits,
        "download_size": total,
        "dataset_size": total,
    }


def _bytes_of(facts: Facts, split: str) -> int:
    return sum(told["bytes"] for name, told in facts.files.items() if name.startswith(f"data/{split}-"))


def _feature(told: Mapping[str, Any]) -> dict[str, Any]:
    if "_type" not in told:
        return {"struct": [{"name": name, **_feature(inner)} for name, inner in told.items()]}
    if told["_type"] == "List":
        inner = _feature(told["feature"])
        return {"list": inner["dtype"] if "dtype" in inner else inner["struct"]}
    return {"dtype": told["dtype"] if told["_type"] == "Value" else told["_type"].lower()}


def _yaml(value: Any, indent: str = "") -> str:
    """Block YAML that a reader of version 1.1 takes for the same: words that it knows are quoted."""
    lines = []
    items = value.items() if isinstance(value, dict) else ((None, one) for one in value)
    for name, inner in items:
        start = f"{indent}{_scalar(name)}:" if name is not None else f"{indent}-"
        if isinstance(inner, dict | list):
            nested = _yaml(inner, indent + "  ")
            joined = f" {nested.lstrip()}" if name is None else f"\n{nested}"
            lines.append(f"{start}{joined}")
        else:
            lines.append(f"{start} {_scalar(inner)}\n")
    return "".join(lines)


def _scalar(value: Any) -> str:
    if isinstance(value, bool | int):
        return json.dumps(value)
    words = str(value)
    if _PLAIN.fullmatch(words) and words.lower() not in _RESERVED:
        return words
    quoted = json.dumps(words, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)
