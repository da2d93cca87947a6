"""Name a machine by its facts, where nothing else names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tripleo_cli.domain.specs.spec import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells machines apart; ``macs`` has the network cards with their address."""

    vendor: str = ""
    product: str = ""
    serial: str = ""
    macs: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Product (or else vendor), serial number and first MAC, as far as known."""
        parts = [re.sub(r"\W+", "", self.product or self.vendor)]
        parts.append(re.sub(r"\W+", "", self.serial))
        parts += [mac.replace(":", "-") for _, mac in self.macs[:1]]
        return "-".join(part for part in parts if part)


def identify(facts: Sequence[Fact]) -> Identity:
    """Read who a machine is."""
    product: dict[str, str] = {}
    macs = []
    for category, item, key, value in facts:
        if (category, item) == ("system", "product"):
            product.setdefault(key, value)
        elif (category, key) == ("network", "serial"):
            macs.append((item, value))
    return Identity(
        vendor=product.get("vendor", ""),
        product=product.get("name", ""),
        serial=product.get("serial", ""),
        macs=tuple(macs),
    )
