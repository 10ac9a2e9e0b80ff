"""One reader under libFuzzer: one file of a small sound set is replaced, and all of the set is read.

Run by ``run.py`` in atheris's environment: ``target.py LAYOUT FOLDER [options of libFuzzer]``. The first byte
of an input says which file, the rest is what stands in it. Whatever is raised is a finding, but for the
errors that tell a user in words what is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingather"]):
    from ingather.errors import IngatherError
    from ingather.plugins import FORMATS, load
    from ingather.sample import Item, Loss

    name, place = sys.argv[1], Path(sys.argv[2])
    module = load(FORMATS, name)
    list(module.read(place / "set", module.Config()))

files = [file for file in sorted((place / "set").rglob("*")) if file.is_file()]
sound = [file.read_bytes() for file in files]


def read_one(given: bytes) -> None:
    if not given:
        return
    number = given[0] % len(files)
    files[number].write_bytes(given[1:])
    try:
        module.sniff(place / "set")
        for thing in module.read(place / "set", module.Config()):
            assert isinstance(thing, Item | Loss), thing
            if isinstance(thing, Item):
                assert thing.key
            else:
                assert thing.reason
                assert thing.count >= 0
    except IngatherError as error:
        if not (error.message and error.fix):
            raise AssertionError("an error without words") from error
    finally:
        files[number].write_bytes(sound[number])


corpus = place / "corpus"
corpus.mkdir(exist_ok=True)
for number, content in enumerate(sound[:64]):
    (corpus / f"sound-{number}").write_bytes(bytes([number]) + content)
atheris.Setup([sys.argv[0], str(corpus), *sys.argv[3:]], read_one)
atheris.Fuzz()
