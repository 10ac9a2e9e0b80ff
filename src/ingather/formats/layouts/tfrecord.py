"""TFRecord: records of tf.train.Example, read without TensorFlow and with their check sums."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingather.formats.contract import FormatConfig, Sniff
from ingather.formats.folder_files import files_below, root_of
from ingather.formats.licence_files import licence_of_folder
from ingather.formats.tf_example import BadExample, parse_example
from ingather.formats.tfrecord_read import open_records, read_examples, read_records
from ingather.sample import Item, Loss

tasks = ("classification", "regression", "boxes", "none")
_NAMED = re.compile(r"\.tf_?rec(?:ords?)?\b|-\d{5}-of-\d{5}$", re.IGNORECASE)


class Config(FormatConfig):
    """TFRecord has no options."""


def sniff(path: Path) -> Sniff | None:
    """Sure where a file's first record has the right check sums and is an example."""
    for file in _files(path)[:5]:
        try:
            with open_records(file) as stream:
                first = next((content for _, content in islice(read_records(stream), 1)), "")
            if isinstance(first, bytes) and parse_example(first):
                return Sniff(0.97, f"{file.name} holds records of tf.Example with sound check sums")
        except (OSError, EOFError, zlib.error, BadExample):
            continue
    return None


def read(path: Path, config: Config) -> Iterator[Item | Loss]:
    """Every example: its picture or recording as content, further media as parts, the rest as ``data``.

    Keys are ``FILE#number``; the label is what the features label, class or image/class/text say, or boxes
    where there are image/object/bbox/xmin and so on. Bytes are never unpickled. Records whose check sum is
    wrong are losses.
    """
    root = root_of(path)
    licence = licence_of_folder(root)
    for file in _files(path):
        name = file.relative_to(root).as_posix()
        yield from read_examples(file, name, licence.spdx if licence else None)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return files_below(path, lambda name: _NAMED.search(name) is not None)
