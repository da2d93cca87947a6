"""Packages come from where the building machine's own come from."""

from __future__ import annotations

from tripleo_cli.domain.image.apt import setting_lines, source_lines

BOOKWORM = {"DIB_RELEASE": "bookworm"}
SITE = (
    "https://mirror.site/debian/|bookworm|main|$(SIGNED_BY)|Debian",
    "https://mirror.site/debian/|bookworm|contrib|$(SIGNED_BY)|Debian",
    "https://mirror.site/security/|bookworm-security|main|/usr/k.gpg|Debian",
    "https://shop.example/apt/|bookworm|main|$(SIGNED_BY)|Shop",
    "https://mirror.site/debian/|trixie|main|$(SIGNED_BY)|Debian",
)


def test_the_machine_s_own_sources_of_the_release_are_taken() -> None:
    assert source_lines(BOOKWORM, SITE) == (
        "deb https://mirror.site/debian/ bookworm main contrib",
        "deb [signed-by=/usr/k.gpg] https://mirror.site/security/"
        " bookworm-security main",
    )


def test_a_machine_of_another_release_has_the_distribution_s() -> None:
    assert source_lines(BOOKWORM, SITE[4:]) == (
        "deb http://deb.debian.org/debian bookworm main",
        "deb http://deb.debian.org/debian bookworm-updates main",
        "deb http://deb.debian.org/debian-security bookworm-security main",
    )


def test_an_operator_s_mirror_comes_before_the_machine_s() -> None:
    environment = {
        **BOOKWORM,
        "DIB_DISTRIBUTION_MIRROR": "http://here/debian",
        "DIB_DEBIAN_COMPONENTS": "main,contrib",
    }

    lines = source_lines(environment, SITE)

    assert lines[0] == "deb http://here/debian bookworm main contrib"
    assert lines[2].startswith("deb http://deb.debian.org/debian-security ")


def test_a_source_that_apt_has_not_read_yet_has_no_origin() -> None:
    (line,) = source_lines(BOOKWORM, ["http://m/debian/|bookworm|main||"])

    assert line == "deb http://m/debian/ bookworm main"


def test_proxies_and_patience_are_taken_from_apt_s_settings() -> None:
    dump = (
        'Acquire "";',
        'Acquire::http::Proxy "http://proxy:3128";',
        'Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";',
        'Acquire::https::CaInfo "/etc/site.pem";',
        'Acquire::Check-Valid-Until "false";',
        'Acquire::GzipIndexes "true";',
        'APT::Install-Recommends "true";',
    )

    assert setting_lines(dump) == (dump[1], dump[3], dump[4])
