"""Data sets of pictures with boxes in COCO, VOC and YOLO, made of real ones repeated under new names."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from xml.etree import ElementTree


def build(data: Path, out: Path, times: int) -> dict[str, Path]:
    """The three sets below ``out``: the blood cells as VOC and YOLO, tiny-coco with its outlines as COCO."""
    made = {kind: out / kind for kind in ("coco", "voc", "yolo")}
    shutil.rmtree(out, ignore_errors=True)
    coco(data / "tiny-coco", made["coco"], times * 8)
    cells(data / "bccd-blood-cells" / "BCCD", made["voc"], made["yolo"], times)
    return made


def coco(source: Path, target: Path, times: int) -> None:
    file = next(path for path in sorted(source.rglob("*.json")) if "val" in path.name)
    content = json.loads(file.read_text())
    names = {path.name: path for path in source.rglob("*.jpg")}
    (target / "annotations").mkdir(parents=True)
    (target / "images" / "val2017").mkdir(parents=True)
    images, annotations = [], []
    for copy in range(times):
        for image in content["images"]:
            if image["file_name"] in names:
                name = f"{copy:04d}-{image['file_name']}"
                link(names[image["file_name"]], target / "images" / "val2017" / name)
                images.append({**image, "id": image["id"] + copy * 10**7, "file_name": name})
        for one in content["annotations"]:
            number = len(annotations) + 1
            annotations.append({**one, "id": number, "image_id": one["image_id"] + copy * 10**7})
    there = {image["id"] for image in images}
    kept = [one for one in annotations if one["image_id"] in there]
    told = {**content, "images": images, "annotations": kept}
    (target / "annotations" / "instances_val2017.json").write_text(json.dumps(told))


def cells(source: Path, voc: Path, yolo: Path, times: int) -> None:
    for folder in (voc / "Annotations", voc / "JPEGImages", voc / "ImageSets" / "Main"):
        folder.mkdir(parents=True)
    (yolo / "obj_train_data").mkdir(parents=True)
    kinds = ["RBC", "WBC", "Platelets"]
    (voc / "labelmap.txt").write_text("".join(f"{kind}:::\n" for kind in ["background", *kinds]))
    (yolo / "obj.names").write_text("".join(f"{kind}\n" for kind in kinds))
    (yolo / "obj.data").write_text(
        f"classes = {len(kinds)}\ntrain = data/train.txt\nnames = data/obj.names\n"
    )
    listed, paths = [], []
    for copy in range(times):
        for file in sorted((source / "Annotations").glob("*.xml")):
            picture = source / "JPEGImages" / f"{file.stem}.jpg"
            name = f"{copy:04d}_{file.stem}"
            tree = ElementTree.parse(file)
            tree.find("filename").text = f"{name}.jpg"
            tree.write(voc / "Annotations" / f"{name}.xml")
            link(picture, voc / "JPEGImages" / f"{name}.jpg")
            link(picture, yolo / "obj_train_data" / f"{name}.jpg")
            (yolo / "obj_train_data" / f"{name}.txt").write_text("".join(lines(tree, kinds)))
            listed.append(f"{name}\n")
            paths.append(f"data/obj_train_data/{name}.jpg\n")
    (voc / "ImageSets" / "Main" / "train.txt").write_text("".join(listed))
    (yolo / "train.txt").write_text("".join(paths))


def lines(tree: ElementTree.ElementTree, kinds: list[str]) -> list[str]:
    width, height = (int(tree.findtext(f"size/{side}")) for side in ("width", "height"))
    told = []
    for one in tree.findall("object"):
        left, upper, right, lower = (
            int(one.findtext(f"bndbox/{s}")) for s in ("xmin", "ymin", "xmax", "ymax")
        )
        shares = ((left + right) / 2 / width, (upper + lower) / 2 / height, (right - left) / width)
        number = kinds.index(one.findtext("name"))
        told.append(
            f"{number} {shares[0]:.6f} {shares[1]:.6f} {shares[2]:.6f} {(lower - upper) / height:.6f}\n"
        )
    return told


def link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
