"""What an installation added to the machine outside its state folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What is the undercloud's own, and goes when it is uninstalled.

    ``has_user``: the services' user was not there before. ``packages``: the
    distribution packages that were not.
    """

    has_user: bool = False
    packages: tuple[str, ...] = ()

    def with_packages(self, names: Iterable[str]) -> Belongings:
        """Add packages; those that are noted already count once."""
        return replace(self, packages=tuple(dict.fromkeys((*self.packages, *names))))

    def to_dict(self) -> Mapping[str, Any]:
        """Write as plain data."""
        return {"has_user": self.has_user, "packages": list(self.packages)}

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Belongings:
        """Read what :meth:`to_dict` wrote."""
        return Belongings(
            has_user=bool(raw["has_user"]), packages=tuple(map(str, raw["packages"]))
        )
