"""Where in environment files operators have written keys of hiera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tripleo_cli.domain.overcloud.configuration import EXTRA

SECTIONS = ("parameter_defaults", "parameters")

Places = Mapping[str, Mapping[str, str]]
"""A file and a line by key of hiera, by parameter (``ExtraConfig`` and its like)."""


def extra_places(text: str, source: str) -> Places:
    """Find keys of hiera in an environment file that has been read already.

    Args:
        text: What is in it, YAML or JSON.
        source: Its name.
    """
    if EXTRA not in text:
        return {}
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        # JSON that is no YAML: a tab in it. It is not worth a reader of its own.
        return {}
    return {
        name.value: {
            key.value: f"{source}:{key.start_mark.line + 1}" for key, _ in _items(given)
        }
        for section, parameters in _items(document)
        if section.value in SECTIONS
        for name, given in _items(parameters)
        if name.value.endswith(EXTRA)
    }


def _items(node: Any) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Give the entries of a mapping; there are none in anything else."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value
