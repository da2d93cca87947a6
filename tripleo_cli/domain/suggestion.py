"""What an operator may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Name the known word that looks most like this one.

    Returns:
        A question to append to a message, empty where nothing comes close.
    """
    folded = {choice.casefold(): choice for choice in known}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'did you mean "{folded[close[0]]}"?' if close else ""
