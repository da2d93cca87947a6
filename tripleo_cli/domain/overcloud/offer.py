"""What users of an overcloud find there, if operators ask for it: flavors, networks.

Two parameters ask for them, by name. Whatever is there stays as it is: Nova changes no
flavor, and servers may depend on what a network is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from tripleo_cli.domain.overcloud.offer_keys import FLAVOR, NETWORK, SUBNET, Key
from tripleo_cli.domain.overcloud.trial import Thing
from tripleo_cli.domain.suggestion import did_you_mean
from tripleo_cli.errors import Problem

FLAVORS = "NovaFlavors"
NETWORKS = "NeutronNetworks"
SUBNETS = "subnets"
_KEYS = {
    Thing.FLAVOR: FLAVOR,
    Thing.NETWORK: NETWORK,
    Thing.SUBNET: SUBNET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A thing that must be there; ``fields`` have its service's own names.

    ``parts`` belong to it: subnets to their network.
    """

    thing: Thing
    name: str
    fields: Mapping[str, Any]
    parts: tuple[Offered, ...] = ()

    def __str__(self) -> str:
        """Name it as an operator would."""
        return f"{self.thing.value} {self.name}"


def offer_of(parameters: Mapping[str, Any]) -> tuple[Offered, ...]:
    """Read what is asked for; :func:`offer_problems` found nothing in it."""
    return tuple(
        _thing(thing, name, given)
        for _, thing, name, given in _asked(parameters)
        if thing is not Thing.SUBNET
    )


def offer_problems(parameters: Mapping[str, Any]) -> Iterator[Problem]:
    """Give a problem for each thing that cannot be as it is asked for."""
    for where, thing, _, given in _asked(parameters):
        if not isinstance(given, Mapping):
            yield Problem(where, f"must be a mapping that describes a {thing.value}")
            continue
        yield from _problems(where, given, _KEYS[thing])
        if thing is Thing.NETWORK and not isinstance(given.get(SUBNETS, {}), Mapping):
            yield Problem(f"{where}.{SUBNETS}", "must be a mapping of subnets by name")


def differences(wanted: Offered, record: Mapping[str, Any]) -> Sequence[str]:
    """Say what of a thing that is there is not as it is asked for.

    Args:
        wanted: What was asked for.
        record: The thing as its service shows it.
    """
    # Nova says nothing where there is no swap.
    shown = {**record, "swap": record.get("swap") or 0}
    return [
        f"{key} {shown.get(key)}, not {value}"
        for key, value in wanted.fields.items()
        if _plain(shown.get(key)) != _plain(value)
    ]


def _plain(value: Any) -> Any:
    """Give a value to compare; Neutron keeps no order in its lists."""
    if isinstance(value, list):
        return sorted(_plain(one) for one in value)
    return sorted(value.items()) if isinstance(value, dict) else value


def _asked(
    parameters: Mapping[str, Any],
) -> Iterator[tuple[str, Thing, str, Any]]:
    """Give all that is asked for: where, its kind, its name, what is said of it."""
    for parameter, thing in ((FLAVORS, Thing.FLAVOR), (NETWORKS, Thing.NETWORK)):
        place = f"parameter_defaults.{parameter}"
        for name, given in _named(parameters.get(parameter)):
            yield f"{place}.{name}", thing, name, given
            subnets = given.get(SUBNETS) if isinstance(given, Mapping) else None
            if thing is Thing.NETWORK:
                for one, told in _named(subnets):
                    where = f"{place}.{name}.{SUBNETS}.{one}"
                    yield where, Thing.SUBNET, one, told


def _named(given: object) -> Iterator[tuple[str, Any]]:
    """Give names and what is said of them; of what is no mapping, others complain."""
    for name, told in given.items() if isinstance(given, Mapping) else ():
        yield str(name), told


def _problems(
    where: str, given: Mapping[str, Any], keys: Mapping[str, Key]
) -> Iterator[Problem]:
    known = {*keys, SUBNETS} if keys is NETWORK else set(keys)
    for name in given:
        if name not in known:
            yield Problem(f"{where}.{name}", "is not known", did_you_mean(name, known))
    for name, key in keys.items():
        if name in given:
            wrong = _complaint(key.read, given[name])
            if wrong:
                yield Problem(f"{where}.{name}", f"{wrong}, not {given[name]!r}")
        elif key.is_needed:
            yield Problem(where, f"{name} is missing")


def _complaint(read: Callable[[Any], Any], value: object) -> str:
    try:
        read(value)
    except ValueError as error:
        return str(error)
    return ""


def _thing(thing: Thing, name: str, given: Mapping[str, Any]) -> Offered:
    keys = _KEYS[thing]
    fields = {
        key.field: key.read(given[told]) for told, key in keys.items() if told in given
    }
    if thing is Thing.SUBNET:
        fields["ip_version"] = ip_network(fields["cidr"]).version
    parts = tuple(
        _thing(Thing.SUBNET, one, told) for one, told in _named(given.get(SUBNETS))
    )
    return Offered(thing=thing, name=name, fields=fields, parts=parts)
