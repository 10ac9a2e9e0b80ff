"""Second pass: do all names that the plan uses exist?

Attributes, labels, languages, licences and files here; plug-ins and their options in ``plugin_names``.
"""

from __future__ import annotations

from pathlib import Path

from ingather.errors import InputError
from ingather.plan.aliases import aliases_of
from ingather.plan.cells import CROSS, RESERVED, known_values
from ingather.plan.clock import is_zone
from ingather.plan.findings import Report, instead, nearest
from ingather.plan.languages import flaw_of_tag
from ingather.plan.licence_names import KNOWN_REFERENCES
from ingather.plan.licences import OWN, known_entry, parts_of, spdx_identifiers, spdx_of
from ingather.plan.plugin_names import check_plugins
from ingather.plan.positions import Node
from ingather.plan.shape import Draft
from ingather.plan.tasks import METRICS

APART = ("contributor", "session", "parent", "prompt", "cluster", "source")
"""What releases can keep apart besides attributes."""


def check_names(draft: Draft, report: Report) -> None:
    """Notes names that do not exist, each with the nearest one that does."""
    _check_attributes(draft, report)
    _check_groups(draft, report)
    _check_languages(draft, report)
    _check_licences(draft, report)
    _check_files(draft, report)
    _check_sources(draft, report)
    _check_train_and_release(draft, report)
    check_plugins(draft, report)


def _names(draft: Draft) -> list[str]:
    return [*draft.plan.attributes, *RESERVED]


def _check_name(draft: Draft, node: Node, name: str, known: list[str], report: Report) -> bool:
    if name in known:
        return True
    if name not in draft.attributes:
        report.mistake(node, f"there is no attribute '{name}' in this plan", instead(name, known))
    return False


def _check_attributes(draft: Draft, report: Report) -> None:
    for name in draft.plan.attributes:
        node = draft.at("attributes", name)
        if name in RESERVED:
            told = f"'{name}' is a name that every sample has already"
            report.mistake(node, told, "Choose another name for the attribute.", at_key=True, value=name)
        elif not name.replace("_", "a").isalnum() or not name[0].isalpha():
            told = f"the attribute '{name}' cannot become a column"
            report.mistake(node, told, "Use letters, digits and '_' only.", at_key=True, value=name)
        zone = draft.plan.attributes[name].zone
        if zone is not None and not is_zone(zone):
            told = f"'{zone}' is no time zone"
            report.mistake(
                draft.at("attributes", name, "zone"), told, "Write its IANA name: Africa/Dakar, UTC."
            )


def _check_groups(draft: Draft, report: Report) -> None:
    known = _names(draft)
    for place, group in enumerate(draft.plan.targets.groups):
        path = ("targets", "groups", place)
        by = draft.at(*path, "by")
        sound = [_check_name(draft, by.get(i) or by, name, known, report) for i, name in enumerate(group.by)]
        if not all(sound):
            continue
        for name in group.by:
            if not known_values(draft.plan, name) and draft.values_sound:
                _tell_open(draft, by, name, report)
        for field in ("shares", "only"):
            for key in getattr(group, field):
                _check_cell(draft, draft.at(*path, field, key), group.by, key, report)
    if draft.plan.train:
        for place, names in enumerate(draft.plan.train.by):
            node = draft.at("train", "by", place)
            for i, name in enumerate(names):
                _check_name(draft, node.get(i) or node, name, known, report)


def _tell_open(draft: Draft, node: Node, name: str, report: Report) -> None:
    where = {"label": "task.labels", "language": "languages"}.get(name, f"attributes.{name}.values")
    told = f"the values of '{name}' are not listed, so nobody can say how much of each there is"
    report.mistake(node, told, f"List them under {where}.")


def _check_cell(draft: Draft, node: Node, by: tuple[str, ...], key: str, report: Report) -> None:
    values = key.split(CROSS)
    if len(values) != len(by):
        told = f"'{key}' does not name one value of each of {', '.join(by)}"
        fix = f"Write one value of each, joined by '{CROSS}'."
        report.mistake(node, told, fix, at_key=True, value=key)
        return
    for name, value in zip(by, values, strict=True):
        known = known_values(draft.plan, name)
        if known and value not in known:
            told = f"'{value}' is not one of the values of {name}"
            report.mistake(node, told, instead(value, known), at_key=True, value=value)


def _check_languages(draft: Draft, report: Report) -> None:
    for place, tag in enumerate(draft.plan.languages):
        node = draft.at("languages", place)
        flaw = flaw_of_tag(tag)
        if flaw:
            report.mistake(node, f"'{tag}' cannot be a language: {flaw}", "Write a BCP 47 tag, such as en.")
        elif len(tag.split("-")[0]) > 4:
            told = f"'{tag}' is well-formed, but no language is registered with so long a tag"
            report.warn(node, told, "Write the tag of the language, such as en for English.")


def _check_licences(draft: Draft, report: Report) -> None:
    plan = draft.plan
    places: list[tuple[str | int, ...]] = [("rights",)]
    places += [("sources", i, "rights") for i, source in enumerate(plan.sources) if source.rights]
    for place in places:
        rights = plan.rights if place == ("rights",) else plan.sources[int(place[1])].rights
        if rights is None:
            continue
        for name in rights.own:
            if not OWN.fullmatch(name):
                told = f"'{name}' cannot be the name of a licence of one's own"
                node = draft.at(*place, "own", name)
                report.mistake(node, told, f"Write 'LicenseRef-{name}'.", at_key=True, value=name)
        for i, licence in enumerate(rights.licences):
            _check_licence(draft, draft.at(*place, "licences", i), licence, report, entry=True)
    for i, source in enumerate(plan.sources):
        if source.licence:
            _check_licence(draft, draft.at("sources", i, "licence"), source.licence, report)
    if plan.release and plan.release.licence:
        _check_licence(draft, draft.at("release", "licence"), plan.release.licence, report)


def _check_licence(draft: Draft, node: Node, licence: str, report: Report, *, entry: bool = False) -> None:
    found = known_entry(licence) if entry else spdx_of(licence)
    own = set(draft.plan.rights.own).union(*(s.rights.own for s in draft.plan.sources if s.rights))
    if found is None:
        near = nearest(licence, [*own, *spdx_identifiers()])
        told = f"'{licence}' is no licence that is known"
        if known_entry(licence):
            told = f"'{licence}' does not say which version"
        or_else = "or describe it under rights.own as LicenseRef-NAME"
        fix = f"Write '{near}', {or_else}." if near else f"Write an SPDX identifier, {or_else}."
        report.mistake(node, told, fix)
        return
    for part in parts_of(found):
        if OWN.fullmatch(part) and part not in own and not part.startswith(KNOWN_REFERENCES):
            told = f"nothing is said of what '{part}' asks"
            near = nearest(part, own)
            add = f"Add it under rights.own: '{part}: {{text: ..., terms: [attribution]}}'."
            report.mistake(node, told, f"Write '{near}'. {add}" if near else add)


def _check_files(draft: Draft, report: Report) -> None:
    plan, folder = draft.plan, Path(draft.folder)
    wanted: list[tuple[Node, str]] = []
    if plan.rights.consent:
        wanted.append((draft.at("rights", "consent"), plan.rights.consent))
    for i, source in enumerate(plan.sources):
        if source.rights and source.rights.consent:
            wanted.append((draft.at("sources", i, "rights", "consent"), source.rights.consent))
    if plan.annotate:
        votes = draft.at("annotate", "votes")
        wanted += [(votes.get(i) or votes, path) for i, path in enumerate(plan.annotate.votes)]
    against = draft.at("against")
    wanted += [(against.get(i) or against, path) for i, path in enumerate(plan.against) if Path(path).suffix]
    aliases = plan.contributors.get("aliases")
    if isinstance(aliases, str):
        wanted.append((draft.at("contributors", "aliases"), aliases))
    for node, path in wanted:
        check_path(node, path, folder, report)


def check_path(node: Node, path: str, folder: Path, report: Report) -> None:
    """Notes a file or folder that is not there; addresses are not looked up, of a glob the fixed part is."""
    if "://" in path:
        return
    fixed = Path(path)
    try:
        if (folder / fixed).exists():
            if not (folder / fixed).is_file() and not (folder / fixed).is_dir():
                told = f"'{path}' is neither a file nor a folder"
                report.mistake(node, told, "Write the path of one.")
            return
        if (folder / fixed).is_symlink():
            told = f"'{path}' is a link to {(folder / fixed).readlink()}, where nothing is"
            report.mistake(node, told, "Put it there, or write another path.")
            return
        while any(mark in str(fixed) for mark in "*?["):
            fixed = fixed.parent
        whole = folder / fixed.expanduser()
        if whole.exists():
            return
        around = whole.parent
        names = sorted(p.name for p in around.iterdir()) if around.is_dir() else []
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        report.mistake(node, f"'{node.told()}' cannot be looked up: {why}", "Write a path that can be read.")
        return
    near = nearest(whole.name, names)
    fix = f"Write '{(fixed.parent / near).as_posix()}'." if near else f"Put it there: {whole}."
    report.mistake(node, f"there is nothing at '{path}'", fix)


def _check_sources(draft: Draft, report: Report) -> None:
    plan = draft.plan
    names = [source.name for source in plan.sources]
    values = [value for name in (*plan.attributes, *RESERVED) for value in known_values(plan, name)]
    for i, source in enumerate(plan.sources):
        for value in source.costs:
            if value not in values and draft.values_sound:
                node = draft.at("sources", i, "costs", value)
                told = f"'{value}' is no value of any attribute, so nothing has this price"
                report.mistake(node, told, instead(value, values), at_key=True, value=value)
        if source.was in names:
            told = f"there is still a source '{source.was}', so this one was not called that"
            report.mistake(draft.at("sources", i, "was"), told, "Remove 'was' or rename the other source.")
    for key, value in plan.contributors.items():
        node = draft.at("contributors", key)
        if key not in ("same", "aliases"):
            told = f"there is no field '{key}' here"
            report.mistake(node, told, instead(key, ("same", "aliases")), at_key=True, value=key)
        elif key == "same":
            for inner in node.items:
                for one in inner.items or [inner]:
                    if one.written not in names and draft.sound("sources"):
                        told = f"there is no source '{one.written}'"
                        report.mistake(one, told, instead(one.written, names))
        elif not isinstance(value, str):
            report.mistake(node, "'aliases' expects the path of a file", "Write the path of a CSV file.")
        elif (Path(draft.folder) / value).is_file():
            _check_aliases(draft, node, names, report)


def _check_aliases(draft: Draft, node: Node, sources: list[str], report: Report) -> None:
    try:
        aliases = aliases_of(draft.plan, Path(draft.folder))
    except InputError as error:
        report.mistake(node, error.message.rstrip("."), error.fix or "Mend the table.")
        return
    for name in sorted({source for source, _ in aliases} - set(sources)):
        told = f"the table names a source '{name}', which the plan has not"
        report.mistake(node, told, instead(name, sources))


def _check_train_and_release(draft: Draft, report: Report) -> None:
    plan = draft.plan
    if plan.train and plan.train.metric and draft.sound("task"):
        known = METRICS[plan.task.type]
        if plan.train.metric not in known:
            told = f"the task {plan.task.type} has no metric '{plan.train.metric}'"
            fix = f"Write one of {', '.join(known)}." if known else "Remove the section train."
            report.mistake(draft.at("train", "metric"), told, fix)
    if plan.release is None:
        return
    for field, extra in (("apart_by", APART), ("stratify", RESERVED)):
        node = draft.at("release", field)
        for i, name in enumerate(getattr(plan.release, field)):
            known_names = [*plan.attributes, *extra]
            if node.key and node.path.endswith(field):
                _check_name(draft, node.get(i) or node, name, known_names, report)
