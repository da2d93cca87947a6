"""Checks before a deployment: facts in, findings out."""

from __future__ import annotations
