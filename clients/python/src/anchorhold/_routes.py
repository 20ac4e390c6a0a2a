"""The routes that the client calls; a test holds each against the server's OpenAPI document."""

from __future__ import annotations

from ._call import Route
from ._retry import Repeat

SAFE, IF_REFUSED = Repeat.SAFE, Repeat.IF_REFUSED

# A memory carries an id, so keeping it again is a replay.
MEMORY_ADD = Route("POST", "/v1/memories", SAFE)
MEMORY_ADD_MANY = Route("POST", "/v1/memories/batch", SAFE)
MEMORY_LIST = Route("GET", "/v1/memories", SAFE)
MEMORY_GET = Route("GET", "/v1/memories/{id}", SAFE)
MEMORY_UPDATE = Route("PATCH", "/v1/memories/{id}", IF_REFUSED)
MEMORY_DELETE = Route("DELETE", "/v1/memories/{id}", IF_REFUSED)
RECALL = Route("POST", "/v1/recall", SAFE, is_read=True)
FORGET = Route("POST", "/v1/forget", IF_REFUSED)
EXPORT = Route("GET", "/v1/export", SAFE)
IMPORT = Route("POST", "/v1/import", IF_REFUSED)

NAMESPACE_CREATE = Route("POST", "/v1/namespaces", IF_REFUSED)
NAMESPACE_LIST = Route("GET", "/v1/namespaces", SAFE)
NAMESPACE_GET = Route("GET", "/v1/namespaces/{id}", SAFE)
NAMESPACE_UPDATE = Route("PATCH", "/v1/namespaces/{id}", IF_REFUSED)
NAMESPACE_DELETE = Route("DELETE", "/v1/namespaces/{id}", IF_REFUSED)
NAMESPACE_MOVE = Route("POST", "/v1/namespaces/move", IF_REFUSED)

KEY_CREATE = Route("POST", "/v1/keys", IF_REFUSED)
KEY_LIST = Route("GET", "/v1/keys", SAFE)
KEY_REVOKE = Route("DELETE", "/v1/keys/{key_id}", IF_REFUSED)

USER_CREATE = Route("POST", "/v1/users", IF_REFUSED)
USER_LOOKUP = Route("POST", "/v1/users/lookup", SAFE, is_read=True)
USER_LIST = Route("GET", "/v1/users", SAFE)
USER_GET = Route("GET", "/v1/users/{id}", SAFE)
USER_UPDATE = Route("PATCH", "/v1/users/{id}", IF_REFUSED)
USER_ERASE = Route("DELETE", "/v1/users/{id}", IF_REFUSED)
USER_LINK = Route("POST", "/v1/users/{id}/links", IF_REFUSED)
USER_UNLINK = Route("DELETE", "/v1/users/{id}/links/{link_id}", IF_REFUSED)

ERASE = Route("POST", "/v1/erase", IF_REFUSED)
WHOAMI = Route("GET", "/v1/whoami", SAFE)
