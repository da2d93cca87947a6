"""The Jinja environment that templates of this project are rendered in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

_PAIR = re.compile(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}")


def environment(templates: Mapping[str, str]) -> Environment:
    """Make the environment; a name that a template does not know is an error."""
    made = Environment(
        loader=DictLoader(dict(templates)),
        undefined=StrictUndefined,
        # Values of YAML go through the yaml filter.
        autoescape=False,  # noqa: S701 - YAML and INI, never HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["yaml"] = as_yaml
    return made


def as_yaml(value: Any) -> str:
    """Write a value as YAML on one line, whatever text is in it.

    JSON in ASCII is YAML, but for what JSON does with signs outside of the basic
    plane: two escapes, where YAML has one. As a key it may have 1024 signs, escapes
    and all (YAML 1.1, simple keys): names of roles and nodes are far shorter.
    """
    return _PAIR.sub(_join, json.dumps(value, ensure_ascii=True))


def _join(pair: re.Match[str]) -> str:
    sign: str = json.loads(f'"{pair[0]}"')
    return f"\\U{ord(sign):08x}"
