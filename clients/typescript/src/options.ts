/** What a client is told once, checked before anything is sent. */

import { ConfigurationError } from "./errors.js";

/** How a client finds its server, its tenant and its user. */
export interface ClientOptions {
  /**
   * The key, `ah_...`, or `ahp_...` in a page. When absent, `ANCHORHOLD_KEY` of the environment; `null` sends none,
   * for a server that lets requests without a key in. Beside an `authorization` of your own in `headers` it is sent
   * as `X-API-Key`.
   */
  apiKey?: string | null;
  /** The server. When absent, `ANCHORHOLD_URL` of the environment, else `http://127.0.0.1:3300`. */
  baseUrl?: string;
  /**
   * Whose memory it is, for a key that may name users: a stable id of your sign-in, taken byte for byte. Absent for a
   * key that is bound to a user; `undefined` on purpose or by mistake is refused. Never from what a client sent you
   * unchecked.
   */
  userId?: string;
  /** A workspace of the user: a memory of its own. */
  workspace?: string;
  /** An agent of the user: a memory of its own. */
  agent?: string;
  /** A thread of the user: a memory of its own. */
  thread?: string;
  /** A named namespace such as `org/acme`, for a key with a grant on it; takes the place of the user's own. */
  namespace?: string;
  /** The session of a visitor: the `sessionId` of a client before. A new one begins where the tenant has sessions. */
  sessionId?: string;
  /** More headers of every request, such as `x-isolation-key`. */
  headers?: Record<string, string>;
  /** Takes the place of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How often the same request is sent again, at most; 2 when absent. */
  maxRetries?: number;
  /** Milliseconds until one attempt is given up; 30,000 when absent, 0 for never. */
  timeoutMs?: number;
  /** Lets a secret key into a page, where everybody can read it. Use a publishable key (`ahp_`) instead. */
  dangerouslyAllowBrowser?: boolean;
}

/** What a single call may be told beside its own. */
export interface CallOptions {
  /** Ends the call with `AbortError`, also while it waits to try again. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until one attempt is given up; the client's when absent. */
  timeoutMs?: number | undefined;
}

/** Options, checked and with their defaults. */
export interface Settings {
  readonly baseUrl: string;
  /** Headers of every request, the key among them: never shown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sessionId: string | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

/** @throws {ConfigurationError} when an option cannot be meant. */
export function settings(options: ClientOptions): Settings {
  const { maxRetries = 2, timeoutMs = 30_000, sessionId } = options;
  const apiKey = options.apiKey === undefined ? environment("ANCHORHOLD_KEY") : options.apiKey;
  if (apiKey === undefined) {
    throw new ConfigurationError(
      "give `apiKey`, or set ANCHORHOLD_KEY; `apiKey: null` asks without a key",
    );
  }
  if (apiKey !== null) checkKey(apiKey, options.dangerouslyAllowBrowser ?? false);
  if (!Number.isInteger(maxRetries) || maxRetries < 0)
    throw new ConfigurationError("`maxRetries` must be 0 or more");
  if (!(timeoutMs >= 0)) throw new ConfigurationError("`timeoutMs` must be 0 or more");
  const ask = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  const baseUrl = checkedUrl(
    options.baseUrl ?? environment("ANCHORHOLD_URL") ?? "http://127.0.0.1:3300",
  );
  return {
    baseUrl,
    headers: headersOf(options, apiKey),
    sessionId,
    fetch: ask,
    maxRetries,
    timeoutMs,
  };
}

function headersOf(options: ClientOptions, apiKey: string | null): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = headerValue(`headers[${JSON.stringify(name)}]`, value);
  }
  if (apiKey !== null && "authorization" in headers) headers["x-api-key"] = apiKey;
  else if (apiKey !== null) headers["authorization"] = `Bearer ${apiKey}`;
  // Somebody who is not signed in must not end up wherever a request without a user leads.
  if ("userId" in options && options.userId === undefined) {
    throw new ConfigurationError(
      "`userId` is undefined; leave it out for a key that is bound to a user",
    );
  }
  for (const [option, name] of NAMED) {
    const value = options[option];
    if (value !== undefined) headers[name] = headerValue(option, value);
  }
  return headers;
}

/** Options that are headers. */
const NAMED = [
  ["userId", "x-anchorhold-user"],
  ["workspace", "x-anchorhold-workspace"],
  ["agent", "x-anchorhold-agent"],
  ["thread", "x-anchorhold-thread"],
  ["namespace", "x-anchorhold-namespace"],
  ["sessionId", "x-session-id"],
] as const;

/**
 * A text as the value of a header: its UTF-8 bytes. What `fetch` would change on the way (a space at the ends, a
 * line break) is refused, because it would name somebody else; so is an empty text, which would name nobody.
 */
export function headerValue(option: string, text: string): string {
  if (typeof text !== "string" || text === "")
    throw new ConfigurationError(`\`${option}\` must be a text that is not empty`);
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(text) || /^[\t ]|[\t ]$/.test(text)) {
    throw new ConfigurationError(
      `\`${option}\` must hold no control character and no space at its ends`,
    );
  }
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function checkKey(apiKey: string, isAllowed: boolean): void {
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new ConfigurationError("`apiKey` holds characters that no key has");
  const { window, navigator } = globalThis as {
    window?: { document?: unknown };
    navigator?: unknown;
  };
  const isPage = window?.document !== undefined && navigator !== undefined;
  if (isPage && !isAllowed && !apiKey.startsWith("ahp_")) {
    throw new ConfigurationError(
      "everybody who opens this page can read this key; use a publishable key (ahp_...), or ask through your own " +
        "server, or say `dangerouslyAllowBrowser: true`",
    );
  }
}

function checkedUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigurationError("`baseUrl` must be an address such as http://127.0.0.1:3300");
  }
  if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError(
      "`baseUrl` must be http:// or https:// with a host and perhaps a path, nothing else",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** A variable of the environment, where there is one. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
