"""The client for `asyncio`. `_sync` is made of these files by `tools/unasync.py`."""
