"""Addresses of services as URLs want them."""

from __future__ import annotations


def host_part(address: str) -> str:
    """Write a host name or an IP address as URLs have it: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address
