"""The reference, made from the code: commands, plan, plug-ins, metrics, exit codes, templates.

``pages()`` gives the Markdown of every page by its path; ``undocumented()`` names everything that lacks a
description, so that a test can insist on none.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import Any, get_args

import typer
from layout_facts import layout_facts
from pydantic import BaseModel

from ingather.cleaning.defaults import DEFAULTS, EXPANDED
from ingather.cli.main import EPILOG, Verbs
from ingather.errors import IngatherError, InputError, NotMet, OutsideError
from ingather.plan import model
from ingather.plan.model import LOWER_IS_BETTER, Metric, Plan
from ingather.plan.tasks import METRICS
from ingather.plan.templating import template_names, template_purpose
from ingather.plugins import FAMILIES, FORMATS, OPERATORS, RECIPES, SOURCES, SPLITTERS, Family, load, names

INNER = ("text", "path", "hash")
"""Fields of the plan that say which text it came from; nobody writes them."""

SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("The plan", "", model.Plan),
    ("task", "task", model.Task),
    ("attributes", "attributes.NAME", model.Attribute),
    ("targets", "targets", model.Targets),
    ("targets.groups", "targets.groups[]", model.Group),
    ("rights", "rights", model.Rights),
    ("rights.own", "rights.own.LicenseRef-NAME", model.LicenceTerms),
    ("rights.vouched", "rights.vouched[]", model.Vouched),
    ("sources", "sources[]", model.SourceSpec),
    ("clean", "clean[]", model.Step),
    ("annotate", "annotate", model.Annotate),
    ("release", "release", model.Release),
    ("train", "train", model.Train),
    ("train.goal", "train.goal", model.Goal),
)


def pages() -> dict[str, str]:
    """Markdown of every page of the reference, by its path below the docs."""
    return {
        "reference/commands.md": commands_page(),
        "reference/plan.md": plan_page(),
        "reference/sources.md": plain_page("Source kinds", SOURCES, _SOURCES),
        "reference/splitters.md": splitters_page(),
        "reference/operators.md": operators_page(),
        "reference/formats.md": formats_page(),
        "reference/recipes.md": recipes_page(),
        "reference/metrics.md": metrics_page(),
        "reference/exit-codes.md": exit_codes_page(),
        "reference/templates.md": templates_page(),
    }


def undocumented() -> list[str]:
    """Everything that a user can write and that has no description."""
    found = [f"plan: {place or 'plan'}: {name}" for place, name, text in _plan_fields() if not text]
    for words, command in commands():
        if not (command.help or "").strip():
            found.append(f"command: {words}")
        found += [
            f"option: {words} {one.name}"
            for one in command.params
            if not getattr(one, "help", None) and one.name
        ]
    for family in FAMILIES:
        for name, plugin in members(family):
            if not (plugin.__doc__ or "").strip():
                found.append(f"{family.word}: {name}")
            for field, told in _fields(plugin):
                if not told.get("description"):
                    found.append(f"{family.word}: {name}: option {field}")
    return found


# Commands


def commands() -> list[tuple[str, Any]]:
    """Every command and subcommand as it is typed, with what Typer knows of it."""
    verbs = typer.main.get_command(typer.Typer(cls=Verbs, callback=lambda: None))
    found: list[tuple[str, Any]] = []
    for name in verbs.list_commands(None):  # type: ignore[attr-defined]
        command = verbs.get_command(None, name)  # type: ignore[attr-defined]
        found.append((f"ingather {name}", command))
        inner = getattr(command, "commands", {})
        found += [(f"ingather {name} {word}", one) for word, one in inner.items()]
    return found


def commands_page() -> str:
    """All commands with their arguments and options."""
    lines = ["# Commands", "", EPILOG, ""]
    for words, command in commands():
        depth = "##" if words.count(" ") == 1 else "###"
        lines += [f"{depth} `{words}`", "", " ".join((command.help or "").split()), ""]
        lines += ["```", f"{words} {_usage(command)}".rstrip(), "```", ""]
        rows = [
            [_option(one), " ".join((one.help or "").split()), _default(one.default)]
            for one in command.params
            if one.name != "help"
        ]
        lines += _table(["argument or option", "what it does", "default"], rows)
    return "\n".join(lines)


def _usage(command: Any) -> str:
    words = []
    for one in command.params:
        if one.param_type_name == "argument":
            name = (one.metavar or one.name).upper() + ("..." if one.nargs == -1 else "")
            words.append(name if one.required else f"[{name}]")
    return " ".join([*words, *(["[OPTIONS]"] if len(command.params) > len(words) else [])])


def _option(one: Any) -> str:
    if one.param_type_name == "argument":
        return f"`{one.name.upper()}`"
    described = getattr(one, "type_descriptor", None) or getattr(one, "type", None)
    kind = getattr(described, "annotation", described)
    choices = list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else []
    value = "" if one.is_flag else " " + ("\\|".join(map(_word, choices)) if choices else one.name.upper())
    return f"`{', '.join(one.opts)}{value}`"


def _word(choice: Any) -> str:
    return str(getattr(choice, "value", choice))


# The plan


def plan_page() -> str:
    """Every field of the plan, section by section."""
    lines = [
        "# The plan",
        "",
        "One YAML file. What stands here is what `ingather schema` prints for editors. Names that begin with "
        "`x-` are free for remarks; every other name that is not listed is a mistake.",
        "",
    ]
    for title, place, section in SECTIONS:
        heading = f"## `{title}`" if place else "## At the top"
        lines += [heading, "", _first(section.__doc__), ""]
        rows = [
            [f"`{name}`", told["description"], _kind(told), _told_default(told)]
            for name, told in _schema_fields(section)
            if not (section is Plan and name in INNER)
        ]
        lines += _table(["field", "what it is", "may be", "default"], rows)
    lines += [
        "Options of a source kind, of an operator and of a recipe stand beside these fields: see "
        "[source kinds](sources.md), [operators](operators.md) and [recipes](recipes.md).",
        "",
    ]
    return "\n".join(lines)


def _plan_fields() -> Iterator[tuple[str, str, str]]:
    for _, place, section in SECTIONS:
        for name, told in _schema_fields(section):
            if not (section is Plan and name in INNER):
                yield place, name, told.get("description", "")


# Plug-ins

_SPLITTERS = (
    "What cuts the items of a source into samples of their own. In the plan: `cut: NAME` of a source, "
    "`cut: {NAME: {option: value}}`, or several in order as a list."
)
_SOURCES = (
    "What stands at `kind:` of a source. The fields that every source has (`name`, `role`, `licence`, ...) "
    "are in [the plan](plan.md#sources)."
)


def members(family: Family) -> list[tuple[str, ModuleType]]:
    """The built-in plug-ins of a family."""
    return [
        (name, load(family, name))
        for name, module in names(family).items()
        if module.startswith(tuple(f"{package}." for package in family.packages))
    ]


def plain_page(title: str, family: Family, about: str) -> str:
    """A family whose members have a sentence and options."""
    lines = [f"# {title}", "", about, ""]
    for name, plugin in members(family):
        lines += [f"## `{name}`", "", _docs(plugin), "", *_options(plugin)]
    return "\n".join(lines)


def splitters_page() -> str:
    """Splitters: what each cuts, and into what."""
    rows = [
        [f"[`{name}`](#{name})", plugin.reads, getattr(plugin, "gives", plugin.reads), _first(plugin.__doc__)]
        for name, plugin in members(SPLITTERS)
    ]
    table = "\n".join(_table(["splitter", "cuts", "into", "where"], rows))
    return plain_page("Splitters", SPLITTERS, f"{_SPLITTERS}\n\n{table}")


def operators_page() -> str:
    """Operators by what they read: measures, limits, and whether a plan gets them without asking."""
    lines = [
        "# Operators",
        "",
        "Steps of cleaning. Without a `clean` section a plan gets the defaults of its modality. Measures "
        "are stored for every sample: an option marked *limit* only judges, so that changing it measures "
        "nothing again.",
        "",
        "Where a plan's own list says `duplicates`, it gets near copies too: "
        + ", ".join(f"`{near[0]}` for {modality}" for (modality, _), near in EXPANDED.items())
        + ".",
        "",
    ]
    by_reads: dict[str, list[tuple[str, ModuleType]]] = {}
    for name, plugin in members(OPERATORS):
        by_reads.setdefault(plugin.reads, []).append((name, plugin))
    for reads in ("bytes", "text", "audio", "image", "video", "sensor", "record"):
        own = by_reads.get(reads, [])
        lines += ["## For every modality" if reads == "bytes" else f"## {reads.capitalize()}", ""]
        for name, plugin in own:
            by_default = [modality for modality, steps in DEFAULTS.items() if name in steps]
            near = [modality for (modality, _), steps in EXPANDED.items() if name in steps]
            when = (
                f"By default for {', '.join(by_default)}."
                if by_default
                else f"With `duplicates` for {', '.join(near)}."
                if near
                else "Only where the plan names it."
            )
            measured = ", ".join(f"`{one}`" for one in getattr(plugin, "measures", {}))
            lines += [f"### `{name}`", "", _docs(plugin), "", f"It is {_role(plugin)}. {when}", ""]
            if measured:
                lines += [f"Measures: {measured}.", ""]
            lines += _options(plugin)
    return "\n".join(lines)


def _role(plugin: ModuleType) -> str:
    if hasattr(plugin, "sign"):
        return "a deduplicator: it compares every newcomer with all"
    words = []
    if hasattr(plugin, "change"):
        words.append("a mapper: it changes, and what was there stays stored")
    if hasattr(plugin, "bounds"):
        words.append("a filter: it judges by what it measures")
    elif hasattr(plugin, "measure"):
        words.append("a signal: it measures and does not judge")
    return "; ".join(words)


def formats_page() -> str:
    """Formats: what each reads, writes and carries."""
    lines = [
        "# Formats",
        "",
        "Layouts of data sets. `ingather convert` reads one and writes another; a source of the kind "
        "`dataset` reads one; `release.formats` writes a release in others beside Hugging Face's, which is "
        "always there.",
        "",
    ]
    rows = []
    for name, plugin in members(FORMATS):
        written = name == "huggingface"
        rows.append(
            [
                f"[`{name}`](#{name})",
                "yes",
                "by a release" if written else "yes" if hasattr(plugin, "write") else "no",
                ", ".join((facts := layout_facts(plugin)).of),
                ", ".join(facts.carries),
                ", ".join(plugin.tasks),
            ]
        )
    lines += _table(["format", "read", "written", "modality", "carries, where it is there", "tasks"], rows)
    lines += [
        "Boxes, outlines, spans, tracks and transcripts are labels: the tasks say which of them there are. "
        "What a format has no place for is told, with counts, when it is written.",
        "",
    ]
    for name, plugin in members(FORMATS):
        lines += [f"## `{name}`", "", _docs(plugin), "", *_options(plugin)]
    return "\n".join(lines)


def recipes_page() -> str:
    """Recipes: what each can learn, and its options."""
    lines = [
        "# Recipes",
        "",
        "Ways to train a baseline: `train: {recipe: NAME}`. Options stand beside it, or under `options`. "
        "Metrics belong to the task, not to the recipe: see [metrics](metrics.md).",
        "",
    ]
    rows = [
        [
            f"[`{name}`](#{name})",
            ", ".join(sorted(plugin.modalities)),
            ", ".join(sorted(plugin.tasks)),
            ", ".join(
                dict.fromkeys(f"`{METRICS[task][0]}`" for task in sorted(plugin.tasks) if METRICS[task])
            ),
        ]
        for name, plugin in members(RECIPES)
    ]
    lines += _table(["recipe", "modality", "tasks", "metric, where none is named"], rows)
    for name, plugin in members(RECIPES):
        tasks, kinds = ", ".join(sorted(plugin.tasks)), ", ".join(sorted(plugin.modalities))
        lines += [f"## `{name}`", "", _docs(plugin), "", f"Tasks: {tasks}. Modalities: {kinds}.", ""]
        lines += _options(plugin)
    return "\n".join(lines)


def metrics_page() -> str:
    """Metrics with the side on which they are better, and the tasks that have them."""
    rows = []
    for name in get_args(Metric):
        tasks = ", ".join(task for task, own in METRICS.items() if name in own)
        rows.append([f"`{name}`", "lower" if name in LOWER_IS_BETTER else "higher", tasks])
    first = [[task, f"`{own[0]}`"] for task, own in METRICS.items() if own]
    return "\n".join(
        [
            "# Metrics",
            "",
            "What `train.metric` may be. Each figure is told for all samples and for every group, with an "
            "interval that respects contributors.",
            "",
            *_table(["metric", "better", "tasks"], rows),
            "## Where the plan names none",
            "",
            *_table(["task", "metric"], first),
        ]
    )


def exit_codes_page() -> str:
    """Exit codes, from the exception tree."""
    rows = [
        ["0", "The work was done; a missed goal too, unless `--strict`."],
        [str(NotMet.exit_code), _first(NotMet.__doc__)],
        [str(InputError.exit_code), _first(InputError.__doc__)],
        [str(OutsideError.exit_code), _first(OutsideError.__doc__)],
        ["130", "Interrupted; the next call goes on where it was."],
    ]
    fields = ", ".join(f"`{one}`" for one in IngatherError("m").as_json())
    return "\n".join(
        [
            "# Exit codes and errors",
            "",
            *_table(["code", "meaning"], rows),
            "An error says what is wrong with which value, why that matters, and the command or edit that "
            f"puts it right. With `--json` it is one document, `error`, with {fields}, on standard output; "
            "in words it goes to standard error. There is no traceback, unless `--debug` asks for it.",
            "",
        ]
    )


def templates_page() -> str:
    """Templates of `ingather init`."""
    rows = [[f"`{name}`", template_purpose(name)] for name in template_names()]
    return "\n".join(
        [
            "# Templates",
            "",
            "`ingather init FOLDER --template NAME` writes a commented plan that passes `check`, and the "
            "small files that it names.",
            "",
            *_table(["template", "what for"], rows),
        ]
    )


def _options(plugin: ModuleType) -> list[str]:
    rows = []
    for name, told in _fields(plugin):
        default = _told_default(told) + (" *limit*" if told.get("limit") else "")
        rows.append([f"`{name}`", told.get("description", ""), _kind(told), default])
    if not rows:
        return ["No options.", ""]
    return _table(["option", "what it is", "may be", "default"], rows)


def _fields(plugin: ModuleType) -> list[tuple[str, dict[str, Any]]]:
    config = getattr(plugin, "Config", None)
    if config is None:
        return []
    flat: list[tuple[str, dict[str, Any]]] = []
    for name, told in _schema_fields(config):
        flat.append((name, told))
        ways = [told, *told.get("anyOf", [])]
        flat += [(f"{name}.{inner}", one) for way in ways for inner, one in way.get("of", {}).items()]
    return flat


def _docs(plugin: ModuleType) -> str:
    return (plugin.__doc__ or "").strip()


# Types in words


def _schema_fields(section: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields as they are written, with their JSON Schema; fields of an inner section follow it."""
    whole = section.model_json_schema(by_alias=True)
    parts = whole.get("$defs", {})
    required = whole.get("required", [])
    for name, told in whole.get("properties", {}).items():
        own = _resolved(told, parts)
        yield name, {**own, "required": name in required}


def _resolved(told: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Without references: an inner section keeps only that it is one."""
    if "$ref" in told:
        target = parts[told["$ref"].rsplit("/", 1)[-1]]
        fields = {name: _resolved(one, parts) for name, one in target.get("properties", {}).items()}
        must = target.get("required", [])
        own = {name: {**one, "required": name in must} for name, one in fields.items()}
        inner = target if "enum" in target else {"type": "section", "of": own}
        return {**inner, **{key: value for key, value in told.items() if key != "$ref"}}
    found = dict(told)
    for key in ("anyOf", "allOf", "oneOf", "prefixItems"):
        if key in told:
            found[key] = [_resolved(one, parts) for one in told[key]]
    for key in ("items", "additionalProperties"):
        if isinstance(told.get(key), dict):
            found[key] = _resolved(told[key], parts)
    return found


def _kind(told: dict[str, Any]) -> str:
    if "const" in told:
        return f"`{told['const']}`"
    if "enum" in told:
        return " ".join(f"`{one}`" for one in told["enum"])
    if "anyOf" in told:
        kinds = [_kind(one) for one in told["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = told.get("type")
    if isinstance(kind, list):
        return "word"
    if kind == "array":
        inner = told.get("items") or {}
        return f"list of {_kind(inner)}" if inner and not told.get("prefixItems") else "list"
    if kind == "object":
        inner = told.get("additionalProperties")
        return f"name: {_kind(inner)}" if isinstance(inner, dict) and inner else "mapping"
    if kind == "section":
        return "section of " + ", ".join(f"`{one}`" for one in told["of"])
    word = {"integer": "whole number", "number": "number", "boolean": "`true` `false`"}.get(str(kind), "text")
    return word + _range(told)


def _range(told: dict[str, Any]) -> str:
    signs = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
    ends = [f"{sign} {told[key]:g}" for key, sign in signs if key in told]
    return f", {' and '.join(ends)}" if ends else ""


def _told_default(told: dict[str, Any]) -> str:
    if told.get("required"):
        return "**must be given**"
    return _default(told.get("default"))


def _default(value: Any) -> str:
    if value is None or value is False or value == "" or value == [] or value == {} or value == ():
        return ""
    if callable(value):
        return ""
    if value is True:
        return "`true`"
    if isinstance(value, list | tuple):
        return " ".join(f"`{one}`" for one in value)
    return f"`{_word(value)}`"


def _first(docs: str | None) -> str:
    return (docs or "").strip().split("\n\n")[0].replace("\n", " ").replace("``", "`")


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += ["| " + " | ".join(cell.replace("\n", " ") for cell in row) + " |" for row in rows]
    return [*lines, ""]
