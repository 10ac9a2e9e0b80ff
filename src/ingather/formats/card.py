"""The head of a dataset card: its licence, its configs with their files, names of its classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingather.formats.licence_files import card_head, licence_of_folder


@dataclass(frozen=True, slots=True)
class Card:
    """What a card's head says.

    Attributes:
        licence: SPDX expression, from the head, else from the folder's licence file or README; or None.
        configs: name of a config to its (split, glob of files), in the card's order.
        default: the config that is meant when none is named, or None.
        classes: names of numbered values by column.
        speaks_of_data: whether the head has ``configs``, ``dataset_info`` or a licence.
    """

    licence: str | None = None
    configs: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    default: str | None = None
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    speaks_of_data: bool = False


def read_card(folder: Path) -> Card:
    """Reads README.md; an empty card where there is none."""
    readme = folder / "README.md"
    head: dict[str, Any] = {}
    if readme.is_file():
        head = card_head(readme.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff"))
    found = licence_of_folder(folder)
    configs: dict[str, tuple[tuple[str, str], ...]] = {}
    default = None
    for entry in _mappings(head.get("configs")):
        name = str(entry.get("config_name", "default"))
        configs[name] = _data_files(entry.get("data_files"))
        if entry.get("default") or default is None:
            default = name
    classes: dict[str, tuple[str, ...]] = {}
    for info in _mappings(head.get("dataset_info")):
        for feature in _mappings(info.get("features")):
            names = _class_names(feature.get("dtype"))
            if names:
                classes[str(feature.get("name"))] = names
    speaks = any(key in head for key in ("configs", "dataset_info", "license", "task_categories"))
    return Card(found.spdx if found else None, configs, default, classes, speaks)


def feature_classes(description: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Names of classes in the description that the datasets library writes into a Parquet file."""
    features = (description.get("info") or {}).get("features") or {}
    return {
        str(name): tuple(str(one) for one in feature["names"])
        for name, feature in features.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
    }


def _data_files(told: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(told, str):
        return (("train", told),)
    if isinstance(told, Mapping):
        told = [{"split": split, "path": path} for split, path in told.items()]
    pairs = []
    for entry in told if isinstance(told, list) else ():
        if isinstance(entry, str):
            pairs.append(("train", entry))
        elif isinstance(entry, Mapping):
            paths = entry.get("path")
            for path in paths if isinstance(paths, list) else [paths]:
                if isinstance(path, str):
                    pairs.append((str(entry.get("split", "train")), path))
    return tuple(pairs)


def _class_names(dtype: Any) -> tuple[str, ...]:
    told = dtype.get("class_label", {}).get("names") if isinstance(dtype, Mapping) else None
    if isinstance(told, Mapping):
        return tuple(str(told[key]) for key in sorted(told, key=lambda key: int(key)))
    return tuple(str(name) for name in told) if isinstance(told, list) else ()


def _mappings(told: Any) -> list[Mapping[str, Any]]:
    several = told if isinstance(told, list) else [told]
    return [one for one in several if isinstance(one, Mapping)]
