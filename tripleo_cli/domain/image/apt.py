"""Where an image's packages come from: as the building machine's, or as told.

What apt says of itself is taken, so that a site's mirrors and proxies are set up in
one place. The formats are those of ``apt-get indextargets`` and ``apt-config dump``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TARGET_FORMAT = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)|$(ORIGIN)"
"""What :func:`source_lines` wants to know of each of apt's index targets."""

MIRROR = "DIB_DISTRIBUTION_MIRROR"
SECURITY_MIRROR = "DIB_DEBIAN_SECURITY_MIRROR"
RELEASE = "DIB_RELEASE"
COMPONENTS = "DIB_DEBIAN_COMPONENTS"

DEFAULT_MIRROR = "http://deb.debian.org/debian"
DEFAULT_SECURITY_MIRROR = "http://deb.debian.org/debian-security"

# Proxies, certificates and patience; not what apt shows or keeps.
_SETTING = re.compile(
    r"Acquire::(?:https?::(?!Proxy-Auto-Detect).*|Check-.*|Retries|ForceIPv\d|Max-.*)"
    r' ".+";'
)
_UNSET = re.compile(r"\$\([A-Z_]+\)")


def source_lines(
    environment: Mapping[str, str], targets: Iterable[str]
) -> tuple[str, ...]:
    """Give apt's sources for a release of Debian, one line each.

    Args:
        environment: The image's: :data:`RELEASE`, and the mirrors where an operator
            wants others than the building machine's.
        targets: What apt says of the building machine's sources, one per line in
            :data:`TARGET_FORMAT`.
    """
    release = environment.get(RELEASE, "")
    if MIRROR not in environment:
        found = _found(targets, release)
        if any(suite == release for _, suite, _, _ in found):
            return tuple(_line(*each) for each in found)
    components = environment.get(COMPONENTS, "main").replace(",", " ")
    mirror = environment.get(MIRROR, DEFAULT_MIRROR)
    security = environment.get(SECURITY_MIRROR, DEFAULT_SECURITY_MIRROR)
    return (
        _line(mirror, release, components),
        _line(mirror, f"{release}-updates", components),
        _line(security, f"{release}-security", components),
    )


def setting_lines(dump: Iterable[str]) -> tuple[str, ...]:
    """Pick what building an image must know from apt's settings."""
    return tuple(line for line in dump if _SETTING.fullmatch(line))


def _found(
    targets: Iterable[str], release: str
) -> tuple[tuple[str, str, str, str], ...]:
    suites = {release, f"{release}-updates", f"{release}-security"}
    found: dict[tuple[str, str, str], list[str]] = {}
    for target in targets:
        uri, suite, component, signed_by, origin = (
            _UNSET.sub("", word) for word in target.split("|")
        )
        # Others name their suites like Debian does, and are not Debian. The origin is
        # not known before apt has read the source for the first time.
        if suite in suites and origin in ("", "Debian"):
            components = found.setdefault((uri, suite, signed_by), [])
            components += [] if component in components else [component]
    return tuple(
        (uri, suite, " ".join(components), signed_by)
        for (uri, suite, signed_by), components in found.items()
    )


def _line(uri: str, suite: str, components: str, signed_by: str = "") -> str:
    option = f"[signed-by={signed_by}] " if signed_by else ""
    return f"deb {option}{uri} {suite} {components}"
