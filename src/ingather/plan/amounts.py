"""Money and prices as people write them: ``500 EUR``, ``.10 EUR``, exact to the last digit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_AMOUNT = re.compile(r"^\s*(\d+(?:\.\d+)?|\.\d+)\s+([A-Z]{3})\s*$")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def of(cls, written: str) -> Money:
        """The amount that a text such as ``.10 EUR`` means.

        Raises:
            ValueError: it is not a number and a currency.
        """
        money = parse_money(written)
        if money is None:
            raise ValueError("expected a number and a currency, such as 500 EUR")
        return money

    def plus(self, other: Money) -> Money:
        """The sum of two amounts in the same currency.

        Raises:
            ValueError: the currencies differ.
        """
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def times(self, factor: float | int | Decimal) -> Money:
        """So many of it."""
        return Money(self.amount * Decimal(str(factor)), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


Rate = Money
"""What one sample costs."""


def parse_money(value: Any) -> Money | None:
    """Reads ``500 EUR``.

    Raises:
        ValueError: it is not a number and a currency of three capital letters.
    """
    if value is None or isinstance(value, Money):
        return value
    match = _AMOUNT.match(str(value))
    if match is None:
        raise ValueError("expected a number and a currency, such as 500 EUR")
    return Money(Decimal(match[1]), match[2])


parse_rate = parse_money
