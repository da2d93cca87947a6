"""What the program on a node answered, or why it did not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from one node: text that the program printed, or why not."""

    printed: str = ""
    code: int | None = None
    failure: str = ""
    is_reached: bool = True


def as_json(answer: Answer) -> Any:
    """Read what the program printed.

    Raises:
        ValueError: It printed nothing of the kind.
    """
    return json.loads(answer.printed)
