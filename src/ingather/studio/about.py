"""About you: the plan's attributes of contributors, declared by themselves, with date and history."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, true, update

from ingather.annotation.handout import new_id
from ingather.plan.model import Attribute, Plan
from ingather.store.prepared import Prepared
from ingather.store.studio_schema import declarations
from ingather.studio.answers import Refused

_SAID = Prepared(
    select(declarations.c.attribute, declarations.c.value).where(
        declarations.c.account == bindparam("who"), declarations.c.current == true()
    )
)


def asked_attributes(plan: Plan) -> dict[str, Attribute]:
    """What is asked of a contributor: the plan's attributes of people that are not measured."""
    return {
        name: attribute
        for name, attribute in plan.attributes.items()
        if attribute.of == "contributor" and attribute.basis in (None, "declared")
    }


def declare(
    connection: Connection, plan: Plan, account: str, values: dict[str, str | None], now: float
) -> None:
    """Writes answers; None is 'rather not say'. What was said before stays as history.

    Raises:
        Refused: the plan does not ask for it, or does not know the value.
    """
    asked = asked_attributes(plan)
    for name, value in values.items():
        if name not in asked:
            raise Refused(422, f"The plan does not ask for '{name}'.")
        allowed = asked[name].values
        if value is not None and allowed and value not in allowed:
            raise Refused(422, f"'{name}' is one of: {', '.join(allowed)}.")
        if value is not None and asked[name].bins and not _is_number(value):
            raise Refused(422, f"'{name}' is a number.")
        mine = (declarations.c.account == account, declarations.c.attribute == name)
        connection.execute(update(declarations).where(*mine).values(current=False))
        connection.execute(
            insert(declarations).values(
                id=new_id(), account=account, attribute=name, value=value, at=now, current=True
            )
        )


def declared(connection: Connection, account: str) -> dict[str, str | None]:
    """What somebody says of themselves now."""
    return {row.attribute: row.value for row in _SAID(connection, who=account)}


def groups_of(plan: Plan, values: dict[str, str | None]) -> dict[str, str]:
    """Answers as values of the plan's groups: a number as the name of its range; unknown is left out."""
    told: dict[str, str] = {}
    for name, value in values.items():
        attribute = plan.attributes.get(name)
        if attribute is None or value is None:
            continue
        if attribute.bins:
            found = next(
                (one for one, (low, high) in attribute.bins.items() if low <= float(value) < high), None
            )
            if found is not None:
                told[name] = found
        else:
            told[name] = value
    return told


def _is_number(value: str) -> bool:
    try:
        return float(value) == float(value)
    except ValueError:
        return False
