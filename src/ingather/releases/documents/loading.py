"""How a release is loaded: the one line, and what audio or loose files ask beside it."""

from __future__ import annotations

from ingather.releases.facts import Facts


def loading(facts: Facts) -> str:
    """The section of the card."""
    parts = ['```python\nfrom datasets import load_dataset\n\ndata = load_dataset("FOLDER")\n```']
    parts.append("With `streaming=True` nothing is read before it is needed.")
    modality = facts.plan.modality
    if facts.plan.release is not None and facts.plan.release.media == "files":
        parts.append(f"The column `{modality}` holds the path of a file, relative to this folder.")
    elif modality == "audio":
        parts.append(
            "The library decodes audio by torchcodec. Without it, take the bytes and read them by "
            "soundfile:\n\n```python\nimport io, soundfile\nfrom datasets import Audio\n\n"
            'data = data.cast_column("audio", Audio(decode=False))\n'
            'wave, rate = soundfile.read(io.BytesIO(data["train"][0]["audio"]["bytes"]))\n```'
        )
    if facts.formats:
        told = ", ".join(f"`formats/{name}`" for name in facts.formats)
        parts.append(f"The same samples in other layouts: {told}.")
    parts.append(
        "`manifest.json` has the SHA-256 of every file; `croissant.json` describes them for machines."
    )
    return "\n\n".join(parts)
