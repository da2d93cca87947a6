"""What puppet code can see of hiera's data, as far as its text tells.

A change that is missed is far worse than a step that is done in vain: whatever is not
understood here counts as code that sees everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tripleo_cli.domain.overcloud.interpolation import (
    names_in_manifest,
    without_lookups,
)
from tripleo_cli.domain.overcloud.puppet_modules import USES

_TOKEN = re.compile(
    r"@\(\s*(?P<quote>\"?)(?P<tag>\w+)(?P=quote)[^)\n]*\)(?P<rest>[^\n]*)\n"
    r"(?P<body>.*?)^\s*\|?\s*-?\s*(?P=tag)\s*$"
    r"|(?P<single>'(?:\\.|[^'\\])*')"
    r"|(?P<double>\"(?:\\.|[^\"\\])*\")"
    r"|(?P<comment>\#[^\n]*)",
    re.DOTALL | re.MULTILINE,
)
_INTERPOLATED = re.compile(r"\$(?:\{([^}]*)\}?|\w)")
_NAMESPACED = re.compile(r"(?<![\w:])(?:::)?([a-z][a-z0-9_]*)::[a-z]")
_INCLUDE = r"\b(?:include|contain|require)\b(?!\s*=>)"
_INCLUDED = re.compile(_INCLUDE + r"((?:[^\n;})]|,\s*\n)*)")
_CLASS = re.compile(r"\bclass\s*\{\s*['\"]?(?:::)?([a-z][a-z0-9_]*)")
_WORD = re.compile(r"(?<![\w:$])(?:::)?([a-z][a-z0-9_]*)")
_DECLARED = re.compile(r"(?<![\w:$.])([a-z][a-z0-9_]*)\s*\{")
_CALLED = re.compile(r"(?<![\w:$.])([a-z][a-z0-9_]*)\s*\(|\.\s*([a-z][a-z0-9_]*)")
_BOUNDLESS = re.compile(
    rf"{_INCLUDE}[^\n]*[$\[]|\bclass\s*\{{[^:}}]*[$\[]|\bResource\s*\["
    r"|\.\s*(?:include|contain|require)\b|\b(?:lookup|hiera\w*)\b"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS = _words("""
    and attr case class default define else elsif false if in node or true undef unless
    include contain require
""")
_TYPES = _words("""
    cron exec file filebucket group host mount notify package resources schedule
    selboolean selmodule service stage tidy user yumrepo
""")
_TYPES_OF_MODULES = {
    "anchor": "stdlib",
    "file_line": "stdlib",
    "ini_setting": "inifile",
    "ini_subsetting": "inifile",
}
_FUNCTIONS = _words("""
    abs all any any2array assert_type base64 bool2str break camelcase capitalize ceiling
    chomp chop compare concat convert_to debug defined delete difference dig digest
    downcase each empty err fail file filter find_file flatten floor fqdn_rand get
    getvar group_by index info intersection join keys length lest lstrip map match max
    md5 member merge min new next notice partition pick prefix range reduce regsubst
    return reverse_each round rstrip seeded_rand sha1 sha256 shellquote size slice sort
    split sprintf step str2bool strftime strip suffix then to_json to_json_pretty
    to_yaml tree_each type union unique unwrap upcase values versioncmp warning with zip
""")
"""Functions of Puppet, and some of stdlib, that look nothing up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What code can see.

    ``names`` are the keys that it looks up, ``modules`` the puppet modules that it
    names. Where ``is_bounded`` is false it may look up anything.
    """

    names: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    is_bounded: bool = True

    def __or__(self, other: Sight) -> Sight:
        """See what both see."""
        return Sight(
            names=self.names | other.names,
            modules=self.modules | other.modules,
            is_bounded=self.is_bounded and other.is_bounded,
        )


@lru_cache(maxsize=512)
def sight_of(code: str) -> Sight:
    """Read a manifest; a thousand nodes have the same one."""
    rest = without_lookups(code)
    told = _TOKEN.sub(_without_comment, rest)
    bare = _TOKEN.sub(_without_text, rest)
    declared = frozenset(_declared(bare))
    return Sight(
        names=frozenset(name for name, _ in names_in_manifest(code)),
        modules=frozenset(_named(told)) | declared - {""},
        is_bounded=not (
            _BOUNDLESS.search(bare) or "" in declared or set(_called(bare)) - _FUNCTIONS
        ),
    )


def _named(code: str) -> Iterator[str]:
    """Name modules of classes and of all else that has ``::`` in its name."""
    yield from _NAMESPACED.findall(code)
    yield from _CLASS.findall(code)
    for listed in _INCLUDED.findall(code):
        yield from _WORD.findall(listed)


def _declared(code: str) -> Iterator[str]:
    """Name the modules of types of resources; nothing where that is not known."""
    for name in _DECLARED.findall(code):
        if name in _KEYWORDS or name in _TYPES:
            continue
        module = _TYPES_OF_MODULES.get(name, name)
        known = (one for one in (module, module.partition("_")[0]) if one in USES)
        yield next(known, "")


def _called(code: str) -> Iterator[str]:
    for function, method in _CALLED.findall(code):
        name = function or method
        if name not in _KEYWORDS:
            yield name


def _without_comment(token: re.Match[str]) -> str:
    return "" if token["comment"] else token[0]


def _without_text(token: re.Match[str]) -> str:
    """Leave of a text only the code in it."""
    if token["tag"]:
        text = token["body"] if token["quote"] else ""
        return f"{token['rest']} {_code_in(text)}\n"
    return f'"" {_code_in(token["double"] or "")}'


def _code_in(text: str) -> str:
    found = _INTERPOLATED.finditer(text)
    return " ".join(f"$x ({one[1]})" if one[1] else "$x" for one in found)
