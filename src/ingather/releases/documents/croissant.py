"""croissant.json: the release for machines, in Croissant 1.1 with the vocabulary for responsible AI.

The formats are those of MLCommons: mlcommons.org/croissant/1.1 and mlcommons.org/croissant/RAI/1.0.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from ingather.releases.documents import sentences
from ingather.releases.documents.licence import address
from ingather.releases.documents.markdown import percent
from ingather.releases.facts import Facts

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_PARQUET = "application/x-parquet"
_TYPES = {
    pa.bool_(): "sc:Boolean", pa.int64(): "cr:Int64", pa.float64(): "cr:Float64", pa.string(): "sc:Text",
    pa.large_string(): "sc:Text",
}  # fmt: skip
_OBJECTS = {"image": "sc:ImageObject", "audio": "sc:AudioObject", "video": "sc:VideoObject"}
_COLUMNS = {
    "id": "The sample's own name, which tells nothing of where it comes from.",
    "label": "The answer to the task.",
    "label_distribution": "Shares of the labels that people gave, as JSON.",
    "votes": "Every vote: person and label, as JSON.",
    "contributor": "Pseudonym of who gave it.",
    "session": "What was recorded or written together.",
    "source": "Where it comes from.",
    "licence": "SPDX identifier of the licence that it is under.",
    "synthetic": "Whether a program made it.",
    "parent": "The sample that it was cut from.",
    "segment": "Where it was cut, as JSON.",
    "key": "Its name in its source.",
    "data": "Turns, tokens or channels of the sample, as JSON.",
}


def croissant(facts: Facts) -> str:
    """The JSON-LD text."""
    plan = facts.plan
    maker = plan.rights.controller
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": plan.name,
        "description": " ".join(plan.objective.split()),
        "version": f"{facts.release.removeprefix('v')}.0.0",
        "datePublished": _published(facts),
        "license": [_web(name) for name in facts.mix.licences],
        "inLanguage": list(plan.languages),
        "keywords": [plan.modality, plan.task.type, *(["synthetic"] if facts.synthetic else [])],
        "creator": {"@type": "sc:Organization", "name": maker} if maker else None,
        "isLiveDataset": False,
        **_responsible(facts),
        "distribution": _distribution(facts),
        "recordSet": _record_sets(facts) if facts.samples else [],
    }
    kept = {name: value for name, value in told.items() if value not in (None, [], "")}
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def _published(facts: Facts) -> str | None:
    """The plan's day; the time of cutting is not used, so that the same release again has the same bytes."""
    release = facts.plan.release
    return release.published if release is not None else None


def _web(licence: str) -> str:
    return licence if licence.startswith("LicenseRef-") else address(licence)


def _responsible(facts: Facts) -> dict[str, Any]:
    """The RAI properties that plan and ledger answer."""
    plan = facts.plan
    sources = "; ".join(
        f"{name} ({told['kind']}): {told['samples']:,} samples"
        for name, told in facts.sources.items()
        if told["samples"]
    )
    steps = [f"{o['operator']}: {o['in']:,} in, {o['out']:,} out" for o in facts.operators]
    people = any(a.of == "contributor" for a in plan.attributes.values()) or facts.contributors > 0
    sensitive = [name for name, a in plan.attributes.items() if a.sensitive and a.release]
    told = {
        "rai:dataCollection": f"{facts.collected:,} samples were collected from {sources}.",
        "rai:dataCollectionType": sorted({_collection_type(s["kind"]) for s in facts.sources.values()}),
        "rai:dataCollectionMissingData": " ".join(sentences.unknown(facts)),
        "rai:dataPreprocessingProtocol": steps,
        "rai:dataAnnotationProtocol": sentences.labels_by(facts),
        "rai:dataBiases": sentences.losses(facts) + sentences.gaps(facts)[:20],
        "rai:dataLimitations": [
            *([sentences.synthetic(facts).replace("**", "")] if facts.synthetic else []),
            *(f"left out: {n:,} ({why})" for why, n in sentences.left_out(facts)),
        ],
        "rai:dataUseCases": [" ".join(plan.objective.split()), *plan.rights.purposes],
        "rai:personalSensitiveInformation": [
            *(["pseudonyms of contributors"] if people else []),
            *(f"attribute of a special kind: {name}" for name in sensitive),
            *([f"blanked where under {facts.least_people} people share it: {facts.blanked:,} samples"]
              if facts.blanked else []),
        ],
        "rai:machineAnnotationTools": (
            [f"synthetic samples carry what they were made from ({percent(facts.synthetic / facts.samples)})"]
            if facts.synthetic else []
        ),
        "rai:dataReleaseMaintenancePlan": "What people take back leaves the next release, and "
        "tombstones.json marks it." + (f" Contact: {plan.rights.contact}." if plan.rights.contact else ""),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _collection_type(kind: str) -> str:
    """The nearest word of the RAI vocabulary's list."""
    return {
        "synthetic": "Synthetic Data", "web": "Web Scraping", "feed": "Web API", "api": "Web API",
        "voice": "Direct measurement", "upload": "Manual Human Curator", "survey": "Surveys",
        "mqtt": "Direct measurement", "dataset": "Secondary Data analysis",
        "files": "Secondary Data analysis",
    }.get(kind, "Others")  # fmt: skip


def _distribution(facts: Facts) -> list[dict[str, Any]]:
    objects: list[dict[str, Any]] = [
        {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name.rpartition("/")[2],
            "contentUrl": name,
            "contentSize": f"{told['bytes']} B",
            "encodingFormat": _PARQUET,
            "sha256": told["sha256"],
        }
        for name, told in facts.files.items()
        if name.startswith("data/")
    ]
    if objects:
        objects.append(
            {
                "@type": "cr:FileSet",
                "@id": "shards",
                "name": "shards",
                "description": "All shards of all splits.",
                "encodingFormat": _PARQUET,
                "includes": "data/*.parquet",
            }
        )
    return objects


def _record_sets(facts: Facts) -> list[dict[str, Any]]:
    splits = [name for name, n in facts.splits.items() if n]
    names = "|".join(splits)
    split_of: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": "samples/split",
        "name": "split",
        "description": "The split that the sample is in.",
        "dataType": "sc:Text",
        "references": {"field": {"@id": "splits/name"}},
        "source": {
            "fileSet": {"@id": "shards"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": f"^(?:.*data/)?({names})(?:-\\d+-of-\\d+\\.parquet)?$"},
        },
    }
    name_of_split = {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}
    return [
        {
            "@type": "cr:RecordSet",
            "@id": "splits",
            "name": "splits",
            "dataType": "cr:Split",
            "key": {"@id": "splits/name"},
            "field": [name_of_split],
            "data": [{"splits/name": name} for name in splits],
        },
        {
            "@type": "cr:RecordSet",
            "@id": "samples",
            "name": "samples",
            "description": "One record for each sample.",
            "key": {"@id": "samples/id"},
            "field": [split_of, *(_field(facts, field) for field in facts.schema)],
        },
    ]


def _field(facts: Facts, field: pa.Field) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": "shards"}, "extract": {"column": field.name}}
    told: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"samples/{field.name}",
        "name": field.name,
        "description": _COLUMNS.get(field.name, _describe(facts, field.name)),
    }
    inner = field.type.value_type if pa.types.is_list(field.type) else field.type
    if pa.types.is_list(field.type):
        told |= {"isArray": True, "arrayShape": "-1"}
    if pa.types.is_struct(inner):
        told["dataType"] = _OBJECTS.get(facts.media.get(field.name, ""), "sc:Text")
        source["transform"] = {"jsonPath": "bytes" if inner is field.type else "[*].bytes"}
    elif pa.types.is_list(field.type):
        told["dataType"] = _TYPES.get(inner, "sc:Text")
    else:
        told["dataType"] = _TYPES.get(field.type, "sc:Text")
    return {**told, "source": source}


def _describe(facts: Facts, name: str) -> str:
    attribute = facts.plan.attributes.get(name)
    if attribute is not None:
        whose = "who gave it" if attribute.of == "contributor" else "the sample"
        return f"{name} of {whose}" + (f" ({attribute.basis})." if attribute.basis else ".")
    if name == facts.plan.modality:
        return "The sample itself."
    if facts.plan.modality == "record":
        return f"{name}, a field of the record."
    return f"A further part of the sample: {name}."
