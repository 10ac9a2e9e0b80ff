"""The JSON Schema of a plan as it is written, short forms and plug-ins' options included."""

from __future__ import annotations

from typing import Any, TypeAlias

from ingather.plan.model import Plan, SourceSpec, Train
from ingather.plugins import FORMATS, OPERATORS, RECIPES, SOURCES, SPLITTERS, Family, load, names

Schema: TypeAlias = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PRIVATE: Schema = {"^x-": True}


def plan_schema() -> Schema:
    """The schema of a plan.yaml (JSON Schema, draft 2020-12), for editors and the reference.

    Options of source kinds, operators and recipes stand beside the names that bring them. A plug-in that
    cannot be imported is listed by name, and its options are left open.
    """
    whole = Plan.model_json_schema(by_alias=True)
    parts: Schema = whole.pop("$defs")
    for section in (whole, *parts.values()):
        _open_private(section)
    for own in ("text", "path", "hash"):
        whole["properties"].pop(own)
    whole["properties"]["task"] = {
        "anyOf": [{"$ref": "#/$defs/Task"}, {"enum": parts["Task"]["properties"]["type"]["enum"]}]
    }
    whole["properties"]["clean"] = _clean(parts)
    whole["properties"]["clean_parts"] = {
        "type": "object",
        "additionalProperties": {"type": "array", "items": _step(OPERATORS, parts)},
        "description": whole["properties"]["clean_parts"]["description"],
    }
    parts["SourceSpec"] = _source(parts["SourceSpec"], parts)
    parts["Train"] = _train(parts["Train"], parts)
    formats: Schema = {"enum": list(names(FORMATS))}
    parts["Release"]["properties"]["formats"] = {"anyOf": [formats, {"type": "array", "items": formats}]}
    described = _untitled({**whole, "$defs": dict(sorted(parts.items()))})
    return {"$schema": _DIALECT, "title": "Ingather plan", **described}


def _open_private(section: Schema) -> None:
    if section.get("type") == "object" and "properties" in section:
        section["patternProperties"] = _PRIVATE


def _source(base: Schema, parts: Schema) -> Schema:
    """A source: what every kind has, and for each kind its own options beside it."""
    own = base["properties"]
    own["kind"] = {"enum": list(names(SOURCES)), "description": "what brings the samples"}
    cut = _step(SPLITTERS, parts)
    own["cut"] = {"anyOf": [cut, {"type": "array", "items": cut}], "description": own["cut"]["description"]}
    return {
        **base,
        "allOf": [
            _branch("kind", kind, own, _options(SOURCES, kind, parts), SourceSpec.model_fields)
            for kind in names(SOURCES)
        ],
    }


def _train(base: Schema, parts: Schema) -> Schema:
    """The section train: options of the recipe stand beside its own fields."""
    own = base["properties"]
    own["recipe"] = {"enum": list(names(RECIPES)), "description": "how the baseline is trained"}
    base.pop("additionalProperties", None)
    branches = [
        _branch("recipe", recipe, own, _options(RECIPES, recipe, parts), Train.model_fields)
        for recipe in names(RECIPES)
    ]
    return {**base, "required": [], "allOf": branches}


def _branch(field: str, name: str, own: Schema, options: Schema | None, fields: Any) -> Schema:
    when: Schema = {"properties": {field: {"const": name}}, "required": [field]}
    if options is None:
        return {"if": when, "then": {}}
    added = {key: value for key, value in options.get("properties", {}).items() if key not in fields}
    then: Schema = {
        "properties": {**dict.fromkeys(own, True), **added},
        "patternProperties": _PRIVATE,
        "additionalProperties": False,
    }
    if options.get("required") and field == "kind":
        then["required"] = options["required"]
    return {"if": when, "then": then}


def _clean(parts: Schema) -> Schema:
    """The steps of cleaning."""
    return {
        "anyOf": [{"type": "array", "items": _step(OPERATORS, parts)}, {"type": "null"}],
        "description": "cleaning steps in order; absent: the modality's defaults, []: none",
    }


def _step(family: Family, parts: Schema) -> Schema:
    """One step: a name, a name with options, or both spelt out."""
    known = list(names(family))
    with_options: Schema = {}
    for name in known:
        options = _options(family, name, parts)
        with_options[name] = {"anyOf": [options, {"type": "null"}]} if options else True
    return {
        "anyOf": [
            {"enum": known},
            {
                "type": "object",
                "properties": with_options,
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
            {
                "type": "object",
                "properties": {"operator": {"enum": known}, "options": {"type": "object"}},
                "required": ["operator"],
                "additionalProperties": False,
            },
        ]
    }


def _options(family: Family, name: str, parts: Schema) -> Schema | None:
    """The schema of a plug-in's Config; its inner types go to ``parts`` under the plug-in's name."""
    prefix = f"{family.word.replace(' ', '-')}.{name}."
    try:
        config = getattr(load(family, name), "Config", None)
        if config is None:
            return {"type": "object", "properties": {}}
        schema: Schema = config.model_json_schema(by_alias=True, ref_template=f"#/$defs/{prefix}{{model}}")
    except Exception:  # a plug-in of anyone's may fail in any way; it is still listed by name
        return None
    for inner, described in schema.pop("$defs", {}).items():
        parts[prefix + inner] = described
    return schema


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of field names, and the markers meant for Ingather itself."""
    if isinstance(schema, list):
        return [_untitled(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _untitled(inner) for name, inner in value.items()}
        if key in ("properties", "$defs", "patternProperties")
        else _untitled(value)
        for key, value in schema.items()
        if key not in ("title", "path", "limit")
    }
