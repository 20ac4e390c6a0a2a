"""Lines of an export, from pieces of any size, and whether the last one is its end."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .errors import ReplyError


class Lines:
    """Cuts pieces into lines. Only `\\n` ends one: JSON may hold every other line separator."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._last = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that end in this piece, each with its `\\n`."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._pieces.append(end)
            self._last = b"".join(self._pieces) + b"\n"
            self._pieces.clear()
            yield self._last
        if rest:
            self._pieces.append(rest)

    def end(self) -> None:
        """Refuses an export without the line that ends it: it was cut."""
        if self._pieces or not _is_end(self._last):
            raise ReplyError("the export was cut before its end; ask for it again")


def _is_end(line: bytes) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and "anchorhold_export_end" in value
