"""What a BMC is known by: however it is written, and never with credentials."""

from __future__ import annotations

import pytest

from tripleo_cli.domain.bmc import Bmc, one_machine, place_of

ONE, TWO, ANY = Bmc("bmc:443", "/S/1"), Bmc("bmc:443", "/S/2"), Bmc("bmc:443")
OTHER = Bmc("other:443")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("2001:DB8:0::1", "2001:db8::1:443"),
        ("https://[2001:db8:0:0::1]/", "2001:db8::1:443"),
        ("[2001:db8::1]:8443", "2001:db8::1:8443"),
        ("10.0.0.1", "10.0.0.1:443"),
        ("010.0.0.1", "010.0.0.1:443"),
    ],
)
def test_an_ip_address_is_one_however_it_is_spelt(address: str, expected: str) -> None:
    assert place_of(address, 443) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://admin:S3cretPw@host",
        "https://admin:S3cretPw@host:99999",
        "https://admin:S3cretPw@[bad",
        "https://admin:S3cretPw/x@host",
        "https://admin:80/S3cretPw@host",
        "http://admin:S3cretPw://@host",
        "admin:S3cretPw@host:port",
        "admin:S3cretPw@fd00::1",
    ],
)
def test_credentials_are_no_part_of_it(address: str) -> None:
    assert "s3cret" not in place_of(address, 443).lower()
    assert "admin" not in place_of(address, 443)


def test_without_an_id_any_machine_may_be_meant() -> None:
    assert ANY.may_be(ONE)
    assert ONE.may_be(ANY)
    assert ONE.may_be(Bmc("bmc:443", "/S/1"))
    assert not ONE.may_be(TWO)
    assert not ANY.may_be(OTHER)


@pytest.mark.parametrize(
    ("bmcs", "expected"),
    [
        ([ONE, TWO, OTHER], []),
        ([ONE, TWO, ONE], [("bmc:443/S/1", [0, 2])]),
        ([ONE, TWO, ANY], [("bmc:443/S/1", [0, 2])]),
        ([ANY, OTHER, TWO, ONE], [("bmc:443", [0, 2, 3])]),
    ],
)
def test_what_may_be_one_machine_is_found(
    bmcs: list[Bmc], expected: list[tuple[str, list[int]]]
) -> None:
    pairs = [(bmc, number) for number, bmc in enumerate(bmcs)]

    assert [(str(bmc), found) for bmc, found in one_machine(pairs)] == expected
