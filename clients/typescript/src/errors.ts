/** What can go wrong, one class for each thing that a caller can do about it. */

import type { components } from "./openapi.js";

/** The words of the server for its refusals; what to do about each is in the server's `/openapi.json`. */
export type ErrorCode = components["schemas"]["Code"];

/** What an error knows beside its message. */
export interface ErrorDetails {
  /** The HTTP status of the reply; absent when there was none. */
  status?: number;
  /** The server's word for the reason. It never changes its meaning; the message may. */
  code?: ErrorCode | (string & {});
  /** Names the request in the server's log: `req_...`. */
  requestId?: string;
  /** The field of the request that was refused, as the server spells it (`event_time`). */
  field?: string;
  /** How many seconds the server asks to wait before the same request is sent again. */
  retryAfterSeconds?: number;
  /** The error below this one. */
  cause?: unknown;
}

/** Everything that this package throws. No message and no field holds a key or a header. */
export class AnchorholdError extends Error implements ErrorDetails {
  /** The HTTP status of the reply; absent when there was none. */
  declare readonly status?: number;
  /** The server's word for the reason. */
  declare readonly code?: ErrorCode | (string & {});
  /** Names the request in the server's log: `req_...`. */
  declare readonly requestId?: string;
  /** The field of the request that was refused, as the server spells it. */
  declare readonly field?: string;
  /** How many seconds the server asks to wait before the same request is sent again. */
  declare readonly retryAfterSeconds?: number;

  constructor(message: string, details: ErrorDetails = {}) {
    const { cause, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, known);
  }

  static {
    this.prototype.name = "AnchorholdError";
  }
}

/** The client was told something that it cannot work with; nothing was sent. Correct the call. */
export class ConfigurationError extends AnchorholdError {
  static {
    this.prototype.name = "ConfigurationError";
  }
}

/** 400, 413, 415, 422: the request itself is wrong. Correct what `field` and the message name. */
export class InvalidRequestError extends AnchorholdError {
  static {
    this.prototype.name = "InvalidRequestError";
  }
}

/** 401: the key is missing, unknown, revoked or expired. Use another. */
export class AuthenticationError extends AnchorholdError {
  static {
    this.prototype.name = "AuthenticationError";
  }
}

/** 403, 423: the key may not do this. Nobody is told whether what was asked for exists. */
export class PermissionError extends AnchorholdError {
  static {
    this.prototype.name = "PermissionError";
  }
}

/** 404: nothing of this id is here. */
export class NotFoundError extends AnchorholdError {
  static {
    this.prototype.name = "NotFoundError";
  }
}

/** 409: what is there already stands against it, such as a newer version of the memory. */
export class ConflictError extends AnchorholdError {
  static {
    this.prototype.name = "ConflictError";
  }
}

/** 429: too much at once. Wait `retryAfterSeconds`; the client has done so `maxRetries` times already. */
export class RateLimitError extends AnchorholdError {
  static {
    this.prototype.name = "RateLimitError";
  }
}

/** 5xx: the server cannot, for now when `retryAfterSeconds` is there. `requestId` finds the reason. */
export class ServerError extends AnchorholdError {
  static {
    this.prototype.name = "ServerError";
  }
}

/** What came back is no answer of Anchorhold, or was cut: look at `baseUrl` and at proxies in between. */
export class UnexpectedReplyError extends AnchorholdError {
  static {
    this.prototype.name = "UnexpectedReplyError";
  }
}

/** No reply: the server was not reached, or the connection broke. A write may or may not have happened. */
export class ConnectionError extends AnchorholdError {
  static {
    this.prototype.name = "ConnectionError";
  }
}

/** No reply within `timeoutMs`. A write may or may not have happened. */
export class TimeoutError extends ConnectionError {
  static {
    this.prototype.name = "TimeoutError";
  }
}

/** The caller's `signal` ended it; `cause` is the signal's reason. A write may or may not have happened. */
export class AbortError extends AnchorholdError {
  static {
    this.prototype.name = "AbortError";
  }
}
