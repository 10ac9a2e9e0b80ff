"""Writes recordings with words and speakers as Kaldi's data folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ingather.formats.left_out import LeftOut
from ingather.formats.media_files import MediaFolder
from ingather.sample import Item, Loss

_SPLITS = {"train": "train", "validation": "dev", "test": "test"}
_GENDERS = {"female": "f", "male": "m", "f": "f", "m": "m"}
_CARRIED = frozenset({"key", "content", "label", "contributor", "split", "attributes"})


def write_folders(items: Iterable[Item], path: Path) -> list[Loss]:
    """Writes one data folder, or one a split where items have splits."""
    path.mkdir(parents=True, exist_ok=True)
    out = LeftOut("Kaldi", _CARRIED)
    media = MediaFolder(path, "wav")
    folders: dict[str, dict[str, dict[str, str]]] = {}
    taken: set[str] = set()
    for item in items:
        if item.modality != "audio" or item.content is None:
            out.refuse(item, "it is no recording")
            continue
        if item.label is not None and not isinstance(item.label, str):
            out.refuse(item, "its label is no words")
            continue
        out.see(item)
        key = _id(item.key, taken)
        if key != item.key:
            out.count("a key as it is: ids have no white space and come once")
        stem = _SPLITS.get(item.split or "", "")
        if item.split and not stem:
            out.count(f"the split {item.split}")
        lists = folders.setdefault(stem, {})
        file = media.put(item.key, item.content, item.media_type)
        lists.setdefault("wav.scp", {})[key] = file
        if isinstance(item.label, str):
            words = " ".join(item.label.split())
            if words != item.label:
                out.count("white space in words as it is")
            lists.setdefault("text", {})[key] = words
        speaker = _id(item.contributor, set()) if item.contributor else key
        if item.contributor and speaker != item.contributor:
            out.count("a contributor as it is: ids have no white space")
        if item.contributor:
            lists.setdefault("utt2spk", {})[key] = speaker
        else:
            out.count("that a speaker is unknown: the utterance has no line in utt2spk")
        gender = item.attributes.get("gender")
        if item.contributor and isinstance(gender, str) and gender.lower() in _GENDERS:
            lists.setdefault("spk2gender", {})[speaker] = _GENDERS[gender.lower()]
        rest = sum(name != "gender" or not item.contributor for name in item.attributes)
        if rest:
            out.count("attributes but gender", rest)
    for stem, lists in folders.items():
        _write_lists(path / stem, lists)
    return out.told(path.name)


def _write_lists(folder: Path, lists: dict[str, dict[str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    spoken: dict[str, list[str]] = {}
    for key, speaker in lists.get("utt2spk", {}).items():
        spoken.setdefault(speaker, []).append(key)
    if spoken:
        lists["spk2utt"] = {speaker: " ".join(sorted(keys)) for speaker, keys in spoken.items()}
    for name, told in lists.items():
        # Kaldi wants its lists sorted by bytes, as the C locale does
        rows = sorted(told.items(), key=lambda row: row[0].encode())
        text = "".join(f"{key} {rest}".rstrip() + "\n" for key, rest in rows)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _id(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[\s\0]+", "_", name) or "_"
    own, number = plain, 1
    while own in taken:
        number += 1
        own = f"{plain}-{number}"
    taken.add(own)
    return own
