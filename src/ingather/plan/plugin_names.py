"""Are there such plug-ins, and do their options fit? Only plug-ins that the plan names are imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from ingather.errors import InputError
from ingather.plan.findings import Report, instead
from ingather.plan.model import Release, SourceSpec
from ingather.plan.positions import Node
from ingather.plan.shape import Draft, check_options
from ingather.plugins import FORMATS, OPERATORS, RECIPES, SOURCES, SPLITTERS, Family, load, names

_READ_ANYWHERE = ("bytes", "any")
_OWN_FORMATS = Release.model_fields["formats"].default
"""What every release is by itself, with no format's help."""
_OPEN_MODALITIES = ("video", "sensor")


def check_plugins(draft: Draft, report: Report) -> None:
    """Notes plug-ins that do not exist or cannot be loaded, and options that do not fit them."""
    for place in range(len(draft.at("sources").items)):
        _check_source(draft, draft.at("sources", place), draft.plan.sources[place], report)
    for place, step in enumerate(draft.plan.clean or ()):
        node = draft.at("clean", place)
        _check_operator(draft, node, step.operator, report)
    for role, steps in draft.plan.clean_parts.items():
        for place, step in enumerate(steps):
            _check_operator(draft, draft.at("clean_parts", role, place), step.operator, report, of_part=True)
    _check_vouched(draft, report)
    _check_recipe(draft, report)
    formats = draft.at("release", "formats")
    if draft.plan.release and formats.path == "release.formats":
        for place, name in enumerate(draft.plan.release.formats):
            node = formats.get(place) or formats
            if name in _OWN_FORMATS:
                continue
            module = _loaded(FORMATS, name, node, report)
            if module is not None and not hasattr(module, "write"):
                writable = [known for known in names(FORMATS) if known != name]
                report.mistake(node, f"the format '{name}' can only be read", instead("", writable))


def _check_vouched(draft: Draft, report: Report) -> None:
    """Whether what is vouched for are operators that look for people, in sources that there are."""
    for place, one in enumerate(draft.plan.rights.vouched):
        node = draft.at("rights", "vouched", place)
        asked = node.get("for")
        for number, name in enumerate(one.operators):
            at = (asked.get(number) if asked is not None else None) or asked or node
            if name not in names(OPERATORS):
                told = f"there is no operator '{name}' to vouch for"
                report.mistake(at, told, instead(name, names(OPERATORS)))
            elif "personal" not in getattr(load(OPERATORS, name), "measures", {}):
                told = f"'{name}' does not look for what tells of people, so nothing of it can be vouched for"
                report.mistake(at, told, "Write an operator that does, such as dicom-identifiers.")
        known = [source.name for source in draft.plan.sources]
        sources = node.get("sources")
        for number, name in enumerate(one.sources):
            if name not in known and draft.sound("sources"):
                at = (sources.get(number) if sources is not None else None) or sources or node
                report.mistake(at, f"there is no source '{name}'", instead(name, known))


def _check_cut(draft: Draft, source: Node, spec: SourceSpec, report: Report) -> None:
    """Whether each splitter exists, its options fit, and what it reads is what the one before it gives."""
    cut = source.get("cut")
    for place, step in enumerate(spec.cut):
        node = cut.get(place) if cut is not None else None
        if node is None:
            continue
        module = _loaded(SPLITTERS, step.operator, node.nearest("operator"), report)
        if module is None:
            continue
        options = node.get("options") or replace(node, value={})
        config, sound = _options(module, options, f"splitter '{step.operator}'", report)
        if config is not None and sound:
            _ask_plugin(draft, module, config, options, report)
        reads, gives = str(module.reads), str(getattr(module, "gives", module.reads))
        last = place == len(spec.cut) - 1
        wanted = draft.plan.modality if last else _reads(spec.cut[place + 1].operator)
        if wanted and gives != wanted and draft.sound("modality"):
            told = (
                f"the splitter '{step.operator}' cuts {reads} into {gives}, and {wanted} is needed after it"
            )
            report.mistake(
                node.nearest("operator"), told, f"Take one that gives {wanted}, or change 'modality'."
            )


def _reads(splitter: str) -> str:
    return str(load(SPLITTERS, splitter).reads) if splitter in names(SPLITTERS) else ""


def _check_source(draft: Draft, node: Node, spec: SourceSpec, report: Report) -> None:
    _check_cut(draft, node, spec, report)
    module = _loaded(SOURCES, spec.kind, node.nearest("kind"), report)
    if module is None:
        return
    own = set(SourceSpec.model_fields)
    options = replace(node, value={key: n for key, n in node.fields.items() if key not in own})
    written = set(options.fields)
    config, sound = _options(module, options, f"source kind '{spec.kind}'", report)
    for empty in written - set(options.fields):
        node.fields.pop(empty)
    if config is None:
        return
    _check_paths(draft, options, config, report)
    if sound and draft.sound("modality", "task", "attributes", "targets", "rights"):
        _ask_plugin(draft, module, config, node, report)


def _check_operator(draft: Draft, node: Node, name: str, report: Report, *, of_part: bool = False) -> None:
    named = node.nearest("operator")
    module = _loaded(OPERATORS, name, named, report)
    if module is None:
        return
    reads, modality = str(getattr(module, "reads", "any")), draft.plan.modality
    fits = of_part or reads in (modality, *_READ_ANYWHERE) or modality in _OPEN_MODALITIES
    if not fits and draft.sound("modality"):
        told = f"the operator '{name}' reads {reads}, but the plan's samples are {modality}"
        report.mistake(named, told, f"Remove it, or take one that reads {modality}.")
        return
    given: dict[str, Any] = {}
    if hasattr(module, "defaults") and draft.sound("modality", "task", "attributes", "targets", "languages"):
        given = _guarded(lambda: dict(module.defaults(draft.plan)), named, name, report) or {}
    options = node.get("options") or replace(node, value={})
    config, sound = _options(module, options, f"operator '{name}'", report, given)
    if config is not None:
        _check_paths(draft, options, config, report)
    if config is not None and sound:
        _ask_plugin(draft, module, config, options, report)


def _check_recipe(draft: Draft, report: Report) -> None:
    train = draft.plan.train
    if train is None or not train.recipe:
        return
    node = draft.at("train")
    named = node.nearest("recipe")
    module = _loaded(RECIPES, train.recipe, named, report)
    if module is None:
        return
    tasks, modalities = getattr(module, "tasks", ()), getattr(module, "modalities", ())
    if tasks and draft.sound("task") and draft.plan.task.type not in tasks:
        told = f"the recipe '{train.recipe}' does not learn the task {draft.plan.task.type}"
        report.mistake(named, told, f"It learns {', '.join(tasks)}.")
    elif modalities and draft.sound("modality") and draft.plan.modality not in modalities:
        told = f"the recipe '{train.recipe}' does not learn from {draft.plan.modality}"
        report.mistake(named, told, f"It learns from {', '.join(modalities)}.")
    options = node.get("options") or replace(node, value={})
    config, sound = _options(module, options, f"recipe '{train.recipe}'", report)
    if config is not None:
        _check_paths(draft, options, config, report)
    if config is not None and sound:
        _ask_plugin(draft, module, config, options, report)


def _loaded(family: Family, name: str, node: Node, report: Report) -> ModuleType | None:
    known = names(family)
    if name not in known:
        word = "an" if family.word[0] in "aeiou" else "a"
        report.mistake(node, f"'{name}' is not {word} {family.word}", instead(name, known))
        return None
    module: ModuleType | None = _guarded(lambda: load(family, name), node, name, report)
    return module


def _options(
    module: ModuleType, node: Node, what: str, report: Report, given: dict[str, Any] | None = None
) -> tuple[BaseModel | None, bool]:
    model = getattr(module, "Config", None)
    if model is None:
        for inner in node.fields.values():
            report.mistake(inner, f"the {what} has no options", "Remove it.", at_key=True)
        return None, False
    return check_options(model, node, report, what, given)


def _ask_plugin(draft: Draft, module: ModuleType, config: BaseModel, node: Node, report: Report) -> None:
    """Lets the plug-in say itself what does not fit: ``check(config, plan, folder)``."""
    if not hasattr(module, "check"):
        return
    told = _guarded(lambda: list(module.check(config, draft.plan, Path(draft.folder))), node, "", report)
    for field, message, fix in told or ():
        steps = [
            int(s) if s.isdigit() else s for s in field.replace("[", ".").replace("]", "").split(".") if s
        ]
        report.mistake(node.nearest(*steps), message, fix)


def _check_paths(draft: Draft, node: Node, config: BaseModel, report: Report) -> None:
    from ingather.plan.names import check_path

    for steps, path in _paths(config):
        check_path(node.nearest(*steps), path, Path(draft.folder), report)


def _paths(config: BaseModel) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The values of all fields that name a path, with their place."""
    for name, field in type(config).model_fields.items():
        value, written = getattr(config, name), field.alias or name
        extra = field.json_schema_extra
        if isinstance(value, BaseModel):
            yield from (((written, *steps), path) for steps, path in _paths(value))
        elif isinstance(extra, dict) and extra.get("path"):
            if isinstance(value, str | Path):
                yield (written,), str(value)
            elif isinstance(value, list | tuple):
                yield from (((written, i), str(path)) for i, path in enumerate(value))


def _guarded(call: Any, node: Node, name: str, report: Report) -> Any:
    """What a plug-in answers; what it raises becomes a mistake in words."""
    try:
        return call()
    except InputError as error:
        report.mistake(node, error.message, error.fix or "Mend what it names.")
    except Exception as error:  # a plug-in of anyone's may raise anything, and a check must go on
        subject = f"the plug-in '{name}'" if name else "a plug-in"
        told = f"{subject} cannot be used: {type(error).__name__}: {error}"
        report.mistake(node, told, "Mend or reinstall the plug-in; --debug shows the whole trace.")
    return None
