"""The client of Anchorhold, a memory server where no user ever sees another user's memory.

    from anchorhold import Anchorhold

    with Anchorhold("ah_...", base_url="http://127.0.0.1:3300") as client:
        alice = client.for_user("alice")
        alice.memories.add("Alice takes her tea without sugar.")
        for result in alice.memories.recall("How does she take her tea?"):
            print(result.content)

`AsyncAnchorhold` is the same for `asyncio`, and `MemoryClient` one user's memory in six methods. What is
replied stands in `anchorhold.types`, what is raised in `anchorhold.errors`.
"""

from ._async.client import AsyncAnchorhold
from ._async.memory_client import AsyncMemoryClient
from ._retry import RETRY_AFTER_MAX_SECONDS
from ._sync.client import Anchorhold
from ._sync.memory_client import MemoryClient
from ._version import __version__
from .errors import (
    AnchorholdError,
    APIConnectionError,
    APIError,
    APITimeoutError,
    ArgumentError,
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ReplyError,
    ServerError,
)
from .types import UNSET, Memory, NewMemory, RecallReply, RecallResult, Receipt

__all__ = [
    "RETRY_AFTER_MAX_SECONDS",
    "UNSET",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "Anchorhold",
    "AnchorholdError",
    "ArgumentError",
    "AsyncAnchorhold",
    "AsyncMemoryClient",
    "AuthenticationError",
    "ConflictError",
    "InvalidRequestError",
    "Memory",
    "MemoryClient",
    "NewMemory",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "RecallReply",
    "RecallResult",
    "Receipt",
    "ReplyError",
    "ServerError",
    "__version__",
]
