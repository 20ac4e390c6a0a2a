/** The memories of one namespace: the user's own, or a named one. */

import { snaked } from "../camel.js";
import { ConfigurationError } from "../errors.js";
import { Export, streamed } from "../lines.js";
import type { CallOptions } from "../options.js";
import { pathId, type Call, type Transport } from "../transport.js";
import type * as types from "../types.js";

/** Memories in a page of a list, the server's most. */
const PAGE = 200;

/** An import may take as long as this, in milliseconds. */
const IMPORT_TIMEOUT_MS = 600_000;

/** A named namespace such as `org/acme`, for a key with a grant on it; the client's own when absent. */
export interface InNamespace {
  /** The name. */
  namespace?: string | undefined;
}

/** A new memory. */
export interface StoreParams extends types.AddOptions, InNamespace {
  /** The text, 1 to 65,536 bytes. */
  content: string;
}

/** A question. */
export interface RecallParams extends types.SearchOptions, InNamespace {
  /** The question in plain words, at most 8,192 bytes. */
  query: string;
}

/** How to export. */
export interface ExportParams extends CallOptions, InNamespace {
  /** `false` leaves the vectors out; an import embeds the texts anew then. */
  vectors?: boolean;
}

/** What an import takes: an export, its lines, or a file of them. */
export type Importable = string | Blob | AsyncIterable<string>;

/** Keeps, finds, changes and deletes memories. Every method throws the errors of `errors.ts`. */
export class Memories {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Keeps a memory. Sent twice on a broken connection it is kept once: it carries its id. */
  async store(params: StoreParams): Promise<types.Memory> {
    const { namespace, signal, timeoutMs, id = crypto.randomUUID(), ...fields } = params;
    return this.#send(
      "POST",
      "/v1/memories",
      { namespace, signal, timeoutMs },
      { body: snaked({ ...fields, id }), isRepeatable: true },
    );
  }

  /** Finds memories that answer a question, best first. */
  async recall(params: RecallParams): Promise<types.FoundMemory[]> {
    const { namespace, signal, timeoutMs, ...fields } = params;
    const more: Partial<Call> = { body: snaked(fields), isRead: true };
    const reply = await this.#send<Found>(
      "POST",
      "/v1/recall",
      { namespace, signal, timeoutMs },
      more,
    );
    return reply.results.map(({ memory, ...found }) => ({ ...memory, ...found }));
  }

  /** One memory. Throws `NotFoundError` where this namespace has none of this id. */
  async get(id: string, params: CallOptions & InNamespace = {}): Promise<types.Memory> {
    return this.#send("GET", `/v1/memories/${pathId(id)}`, params, { isRead: true });
  }

  /** All memories, newest first, a page at a time as they are asked for. `limit` is how many at most. */
  async *list({
    limit = Infinity,
    ...params
  }: CallOptions & InNamespace & { limit?: number } = {}): AsyncGenerator<
    types.Memory,
    void,
    undefined
  > {
    if (!(limit >= 0)) throw new ConfigurationError("`limit` must be 0 or more");
    let cursor: string | null | undefined;
    for (let left = limit; left > 0;) {
      const query = { limit: Math.min(left, PAGE), cursor };
      const page: Page = await this.#send("GET", "/v1/memories", params, { query, isRead: true });
      yield* page.memories;
      left -= page.memories.length;
      cursor = page.nextCursor;
      if (!cursor) return;
    }
  }

  /** Changes a memory. With `version` only if nobody else has changed it since: `ConflictError`. */
  async update(
    id: string,
    changes: types.Changes,
    params: types.UpdateOptions & InNamespace = {},
  ): Promise<types.Memory> {
    const more = { body: snaked(changes), ifMatch: params.version };
    return this.#send("PATCH", `/v1/memories/${pathId(id)}`, params, more);
  }

  /** Deletes a memory, for ever. Throws `NotFoundError` where there is none. */
  async delete(id: string, params: CallOptions & InNamespace = {}): Promise<types.Deleted> {
    return this.#send("DELETE", `/v1/memories/${pathId(id)}`, params, {});
  }

  /** Deletes memories by their ids (1 to 1,000) or by a filter, for ever. Neither, or an empty filter, is refused. */
  async forget(
    params: types.ForgetWhich & types.ForgetOptions & InNamespace,
  ): Promise<types.Forgotten> {
    const { namespace, signal, timeoutMs, ...fields } = params;
    return this.#send(
      "POST",
      "/v1/forget",
      { namespace, signal, timeoutMs },
      { body: snaked(fields) },
    );
  }

  /** Everything that is kept: the user's own namespace and every workspace, agent and thread below it. In clear. */
  export({ vectors, ...params }: ExportParams = {}): Export {
    return new Export(() =>
      this.#transport.open(call("GET", "/v1/export", params, { query: { vectors }, isRead: true })),
    );
  }

  /**
   * Takes in an export, or lines of one's own (`{"content": "..."}`). What is there already is skipped. A text is
   * sent again when the server is not ready; lines that come one by one are not. Ends after ten minutes unless
   * `timeoutMs` says otherwise.
   */
  async import(lines: Importable, params: CallOptions & InNamespace = {}): Promise<types.Imported> {
    const options = { ...params, timeoutMs: params.timeoutMs ?? IMPORT_TIMEOUT_MS };
    if (typeof lines === "string" || lines instanceof Blob) {
      return this.#send("POST", "/v1/import", options, { lines });
    }
    let failure: unknown;
    const body = streamed(lines, (error) => (failure = error));
    return this.#send<types.Imported>("POST", "/v1/import", options, { lines: body }).catch(
      (error: unknown) => {
        throw failure ?? error;
      },
    );
  }

  #send<T>(
    method: Call["method"],
    path: string,
    params: CallOptions & InNamespace,
    more: Partial<Call>,
  ): Promise<T> {
    return this.#transport.json(call(method, path, params, more));
  }
}

interface Page {
  memories: types.Memory[];
  nextCursor?: string | null;
}

interface Found {
  results: (Pick<types.FoundMemory, "similarity" | "score" | "rank" | "why"> & {
    memory: types.Memory;
  })[];
}

function call(
  method: Call["method"],
  path: string,
  params: CallOptions & InNamespace,
  more: Partial<Call>,
): Call {
  const { namespace, signal, timeoutMs } = params;
  return { method, path, namespace, options: { signal, timeoutMs }, ...more };
}
