/** Calls of the HTTP interface: headers, time limits, retries and errors, for every method alike. */

import { Attempt } from "./attempt.js";
import { camelized } from "./camel.js";
import { ConfigurationError, UnexpectedReplyError } from "./errors.js";
import {
  headerValue,
  settings,
  type CallOptions,
  type ClientOptions,
  type Settings,
} from "./options.js";
import { refusal } from "./refusal.js";
import { pause, pauseMs } from "./retry.js";

/** One call. */
export interface Call {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The path, without anything of a user in it. */
  path: string;
  query?: Record<string, string | number | boolean | null | undefined>;
  /** Sent as JSON. */
  body?: object;
  /** Sent as it is, as NDJSON; a stream is never sent again. */
  lines?: string | Blob | ReadableStream<Uint8Array>;
  /** A named namespace, in place of the client's. */
  namespace?: string | undefined;
  /** The version that a change is meant for. */
  ifMatch?: number | undefined;
  /** Whether it only reads. */
  isRead?: boolean;
  /** Whether to send it twice is the same as to send it once, for a caller who knows nothing of the first reply. */
  isRepeatable?: boolean;
  options?: CallOptions | undefined;
}

/** A reply that has begun. */
export interface Begun {
  reply: Response;
  attempt: Attempt;
}

/** Sends calls, and sends them again where that is safe. */
export class Transport {
  // Private to the language: nothing that prints a client prints a key.
  readonly #settings: Settings;
  #sessionId: string | undefined;

  constructor(options: ClientOptions) {
    this.#settings = settings(options);
    this.#sessionId = this.#settings.sessionId;
  }

  /** The session of the last reply, where the tenant has sessions. */
  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** Sends a call and reads the JSON of its reply, with names as they are written here. */
  async json<T>(call: Call): Promise<T> {
    return this.#repeated(call, async ({ reply, attempt }) => {
      const body: unknown = await reply.json().catch((error: unknown) => {
        if (!(error instanceof SyntaxError)) throw error;
        throw new UnexpectedReplyError("the reply is no JSON", { status: reply.status });
      });
      attempt.end();
      return camelized(body) as T;
    });
  }

  /** Sends a call; its reply has begun when this returns. Who reads it ends the attempt. */
  async open(call: Call): Promise<Begun> {
    return this.#repeated(call, async (begun) => begun);
  }

  async #repeated<T>(call: Call, read: (begun: Begun) => Promise<T>): Promise<T> {
    // One key for all attempts, so that a server that knows it does the write once.
    const headers = {
      ...this.#headers(call),
      ...(call.isRead ? {} : { "idempotency-key": crypto.randomUUID() }),
    };
    const isStream =
      call.lines !== undefined && !(typeof call.lines === "string" || call.lines instanceof Blob);
    const maxRetries = isStream ? 0 : this.#settings.maxRetries;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(call, headers, read);
      } catch (error) {
        const repeatable = call.isRead || call.isRepeatable || false;
        const ms = pauseMs(error, { repeatable, attempt, random: Math.random() });
        if (ms === undefined || attempt >= maxRetries) throw error;
        await pause(ms, call.options?.signal);
      }
    }
  }

  async #once<T>(
    call: Call,
    headers: Record<string, string>,
    read: (begun: Begun) => Promise<T>,
  ): Promise<T> {
    const { timeoutMs = this.#settings.timeoutMs, signal } = call.options ?? {};
    const body = call.lines ?? (call.body && JSON.stringify(call.body));
    const attempt = new Attempt(timeoutMs, signal);
    try {
      const init: RequestInit = {
        method: call.method,
        headers: { ...headers, ...this.#session() },
        signal: attempt.signal,
      };
      // A redirect would carry key and user to another server.
      init.redirect = "manual";
      if (body !== undefined) init.body = body;
      // Of a body that comes in pieces every `fetch` demands it; the types do not know it yet.
      if (body instanceof ReadableStream) Object.assign(init, { duplex: "half" });
      const reply = await this.#settings.fetch(this.#address(call), init);
      this.#sessionId = reply.headers.get("x-session-id") ?? this.#sessionId;
      if (!reply.ok) throw await refusal(reply);
      return await read({ reply, attempt });
    } catch (error) {
      attempt.end();
      throw attempt.meaning(error);
    }
  }

  #address({ path, query = {} }: Call): string {
    const given = Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    const text = new URLSearchParams(
      given.map(([name, value]) => [name, String(value)]),
    ).toString();
    return this.#settings.baseUrl + path + (text && `?${text}`);
  }

  #headers(call: Call): Record<string, string> {
    const headers: Record<string, string> = {
      accept: "application/json",
      ...this.#settings.headers,
    };
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (call.lines !== undefined) headers["content-type"] = "application/x-ndjson";
    if (call.namespace !== undefined)
      headers["x-anchorhold-namespace"] = headerValue("namespace", call.namespace);
    if (call.ifMatch !== undefined) headers["if-match"] = `"${call.ifMatch}"`;
    return headers;
  }

  #session(): Record<string, string> {
    return this.#sessionId === undefined ? {} : { "x-session-id": this.#sessionId };
  }
}

/** An id as part of a path; what no id is made of is refused, so that no text leads to another route. */
export function pathId(id: string): string {
  if (typeof id !== "string" || !/^[\w-]+$/.test(id)) {
    throw new ConfigurationError(
      "an id is made of letters, digits, `_` and `-`; take it from a reply",
    );
  }
  return id;
}
