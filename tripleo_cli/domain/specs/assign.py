"""Give machines their profiles: in the order of the state, as far as counts reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tripleo_cli.domain.specs.cmdb import USED, Claim, Entry, claim_entry
from tripleo_cli.domain.specs.explain import Refusal, explain
from tripleo_cli.domain.specs.facts import FactIndex, index_facts
from tripleo_cli.domain.specs.join import IntractableError, Solution, solve
from tripleo_cli.domain.specs.spec import Fact, Spec
from tripleo_cli.domain.specs.table import Table, make_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many machines a profile may get yet; ``None`` for any number."""

    profile: str
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What a directory of specs says: the state, specs and CMDBs by profile.

    A profile without CMDB, or with an empty one, has none in ``cmdbs``.
    """

    quotas: tuple[Quota, ...]
    specs: Mapping[str, Spec]
    cmdbs: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A machine as its collector sees it."""

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What became of a machine: its profile and variables, or why it has none.

    ``variables`` are those of the spec, with what the CMDB adds.
    """

    host: str
    profile: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


def match_hosts(
    catalog: Catalog, hosts: Iterable[Host]
) -> tuple[Sequence[Match], Catalog]:
    """Match machines in their order.

    Returns:
        What became of each, and the catalog with what is left then.

    Raises:
        IntractableError: A spec takes too much work on some machine; names both.
    """
    desk = _Desk(catalog)
    matches = [desk.serve(host) for host in hosts]
    return matches, desk.catalog()


class _Desk:
    """Hands out profiles, and keeps count."""

    def __init__(self, catalog: Catalog) -> None:
        self._specs = catalog.specs
        self._quotas = list(catalog.quotas)
        self._entries = {name: list(all_) for name, all_ in catalog.cmdbs.items()}
        self._taken: dict[str, set[int]] = {name: set() for name in catalog.cmdbs}

    def catalog(self) -> Catalog:
        cmdbs = {name: tuple(entries) for name, entries in self._entries.items()}
        return Catalog(quotas=tuple(self._quotas), specs=self._specs, cmdbs=cmdbs)

    def serve(self, host: Host) -> Match:
        index = index_facts(host.facts)
        for place, quota in enumerate(self._quotas):
            if quota.left == 0:
                continue
            try:
                variables = self._try(quota.profile, index)
            except IntractableError as error:
                where = f"{quota.profile}.specs on {host.name}"
                raise IntractableError(
                    error.variables, error.steps, where=where
                ) from error
            if variables is not None:
                if quota.left is not None:
                    self._quotas[place] = replace(quota, left=quota.left - 1)
                return Match(host=host.name, profile=quota.profile, variables=variables)
        return Match(host=host.name, refusals=tuple(self._refusals(index)))

    def _try(self, profile: str, index: FactIndex) -> Mapping[str, Any] | None:
        spec = self._specs[profile]
        table = make_table(spec.lines, index)
        if profile not in self._entries:
            solution = solve(table)
            return None if solution is None else solution.variables
        claim = self._claim(spec, table)
        if claim is None:
            return None
        self._taken[profile].add(claim.place)
        self._entries[profile][claim.place] = claim.entry
        return {key: value for key, value in claim.entry.items() if key != USED}

    def _claim(self, spec: Spec, table: Table) -> Claim | None:
        if not all(table.candidates):
            return None
        possible = {name: set(table.values(name)) for name in table.users}

        def find(given: Mapping[str, str]) -> Solution | None:
            if any(text not in possible[name] for name, text in given.items()):
                return None
            return solve(table, given)

        entries = self._entries[spec.profile]
        return claim_entry(spec, entries, self._taken[spec.profile], find)

    def _refusals(self, index: FactIndex) -> Iterable[Refusal]:
        """Say of every profile why the machine did not get it, once each."""
        left: dict[str, bool] = {}
        for quota in self._quotas:
            left[quota.profile] = left.get(quota.profile, False) or quota.left != 0
        for profile, is_open in left.items():
            if not is_open:
                reason = "all of its nodes are found (its count in state is 0)"
                yield Refusal(profile=profile, reason=reason)
            else:
                entries = self._entries.get(profile)
                yield explain(self._specs[profile], index, entries)
