"""The plan's short forms made long: what a person may leave out or write in one word.

Nodes keep the place and the path where they were written, so messages speak of the text as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingather.plan.positions import Node

TRAIN_FIELDS = ("recipe", "options", "metric", "goal", "by", "batch")
_FREE = re.compile(
    r"attributes|attributes\.[^.]+\.bins|targets\.groups\[\d+\]\.(shares|only)|rights\.own|release\.splits"
    r"|sources\[\d+\](\.rights)?\.(costs|own)|sources\[\d+\]\.(?!rights\b).+|clean\[\d+\](\..+)?|clean_parts(\..+)?|contributors\..+"
)
"""Mappings whose keys are the user's own names: there ``x-large`` is a value, not a private field."""
_WORDS = re.compile(
    r"task\.(labels\[\d+\]|positive|target)|attributes\.[^.]+\.values\[\d+\]|languages\[\d+\]"
    r"|(targets\.groups|train\.by)\[\d+\](\.by)?(\[\d+\])?|train\.by(\[\d+\])?|release\.(stratify|apart_by)(\[\d+\])?"
    r"|name|objective|sources\[\d+\]\.(name|was)"
)
"""Places where a number or a yes is a word: ``labels: [1, true]`` are the labels '1' and 'true'."""


def long_forms(tree: Node) -> Node:
    """The tree without private fields, with words as strings and every short form written out."""
    tree = _without_private(tree)
    fields = {name: _words(node) for name, node in tree.fields.items()}
    if "task" in fields and isinstance(fields["task"].value, str):
        fields["task"] = _wrapped(fields["task"], "type")
    if "clean" in fields:
        fields["clean"] = _steps(fields["clean"])
    if "clean_parts" in fields and fields["clean_parts"].fields:
        steps = {role: _steps(node) for role, node in fields["clean_parts"].fields.items()}
        fields["clean_parts"] = replace(fields["clean_parts"], value=steps)
    if "train" in fields:
        fields["train"] = _train(fields["train"])
    if "sources" in fields and isinstance(fields["sources"].value, dict):
        fields["sources"] = replace(fields["sources"], value=[fields["sources"]])
    if "sources" in fields and fields["sources"].items:
        fields["sources"] = replace(fields["sources"], value=[_source(n) for n in fields["sources"].items])
    return replace(tree, value=fields)


def is_free(path: str) -> bool:
    """Whether the keys of the mapping at a path are the user's own names."""
    return _FREE.fullmatch(path) is not None


def _without_private(node: Node) -> Node:
    if isinstance(node.value, list):
        return replace(node, value=[_without_private(inner) for inner in node.value])
    if not isinstance(node.value, dict):
        return node
    free = is_free(node.path)
    return replace(
        node,
        value={
            key: _without_private(inner)
            for key, inner in node.value.items()
            if free or not key.startswith("x-")
        },
    )


def _words(node: Node) -> Node:
    if isinstance(node.value, dict):
        return replace(node, value={key: _words(inner) for key, inner in node.value.items()})
    if isinstance(node.value, list):
        return replace(node, value=[_words(inner) for inner in node.value])
    if node.written and _WORDS.fullmatch(node.path):
        return replace(node, value=node.written)
    return node


def _wrapped(node: Node, name: str) -> Node:
    return replace(node, value={name: replace(node, key=None)})


def _source(source: Node) -> Node:
    """``cut: utterances`` and ``cut: {utterances: {least: 1}}`` as a list of one step."""
    cut = source.fields.get("cut")
    if cut is None or cut.value is None:
        return source
    listed = cut if isinstance(cut.value, list) else replace(cut, value=[cut])
    return replace(source, value={**source.fields, "cut": _steps(listed)})


def _steps(clean: Node) -> Node:
    """``[decode, {silence: {floor: -50}}]`` as operators with options."""
    return replace(clean, value=[_step(step) for step in clean.items]) if clean.items else clean


def _step(step: Node) -> Node:
    if isinstance(step.value, str):
        return _wrapped(step, "operator")
    if len(step.fields) == 1 and "operator" not in step.fields:
        ((name, options),) = step.fields.items()
        named = Node(name, options.key or step.span, options.key, name, options.path)
        if options.value is None:
            return replace(step, value={"operator": named})
        return replace(step, value={"operator": named, "options": options})
    return step


def _train(train: Node) -> Node:
    """``{recipe: x, alpha: 1}``: what is not the stage's own field is an option of the recipe."""
    if isinstance(train.value, str):
        return _wrapped(train, "recipe")
    own = {name: node for name, node in train.fields.items() if name in TRAIN_FIELDS}
    rest = {name: node for name, node in train.fields.items() if name not in TRAIN_FIELDS}
    if not train.fields or not rest:
        return train
    given = own.get("options")
    options = {**(given.fields if given else {}), **rest}
    own["options"] = replace(given or train, value=options)
    return replace(train, value=own)
