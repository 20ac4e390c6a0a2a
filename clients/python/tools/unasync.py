"""Makes `anchorhold/_sync` of `anchorhold/_async`: the same client without `async` and `await`.

python tools/unasync.py           # writes the files
python tools/unasync.py --check   # fails when they are not what it would write
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "anchorhold"

HEAD = "# Made of the file of this name in `_async` by tools/unasync.py; change it there.\n"

WORDS = (
    (r"for `asyncio`\. `_sync` is made of these files by `tools/unasync\.py`", "without `asyncio`"),
    (r"\basyncio\b", "time"),
    (r"\basync def\b", "def"),
    (r"\basync (for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bIterator, Iterable\b", "Iterable, Iterator"),
    (r"\bhttpx\.AsyncClient\b", "httpx.Client"),
    (r"\bAsync([A-Z])", r"\1"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\ba(close|read|iter_bytes)\b", r"\1"),
    (r"\bseveral tasks\b", "several threads"),
)


def unasync(text: str) -> str:
    """A source without `async` and `await`."""
    for pattern, plain in WORDS:
        text = re.sub(pattern, plain, text)
    return HEAD + text


def main() -> int:
    """Writes the files, or says which are not as they should be."""
    stale = []
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        target, text = PACKAGE / "_sync" / source.name, unasync(source.read_text())
        if not target.exists() or target.read_text() != text:
            stale.append(source.name)
            if "--check" not in sys.argv[1:]:
                target.write_text(text)
    if stale and "--check" in sys.argv[1:]:
        print(f"not made anew: {', '.join(stale)}; run python tools/unasync.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
