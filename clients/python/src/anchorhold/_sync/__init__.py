# Made of the file of this name in `_async` by tools/unasync.py; change it there.
"""The client without `time`."""
