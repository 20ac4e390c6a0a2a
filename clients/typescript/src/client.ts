/** The client of one user: `client.addMemory(...)`, `client.searchMemories(...)`. */

import type { Export } from "./lines.js";
import type { CallOptions, ClientOptions } from "./options.js";
import { Memories, type ExportParams, type Importable } from "./resources/memories.js";
import { Transport } from "./transport.js";
import type * as types from "./types.js";

/**
 * The memory of one user. Make one for each request or user; it opens nothing and costs nothing.
 *
 * ```ts
 * const memory = new MemoryClient({ apiKey, baseUrl, userId: session.userId });
 * await memory.addMemory("Takes tea without sugar.");
 * const found = await memory.searchMemories("How does she take her tea?");
 * ```
 *
 * Every method throws the errors of this package; `AnchorholdError` is the base of all.
 */
export class MemoryClient {
  readonly #transport: Transport;
  readonly #memories: Memories;

  /** @throws {ConfigurationError} when an option cannot be meant. */
  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.#memories = new Memories(this.#transport);
  }

  /** The session of the last reply, for visitors without a name; give it to the next client of the same visitor. */
  get sessionId(): string | undefined {
    return this.#transport.sessionId;
  }

  /** Keeps a text of 1 to 65,536 bytes. Sent twice on a broken connection it is kept once. */
  async addMemory(content: string, options: types.AddOptions = {}): Promise<types.Memory> {
    return this.#memories.store({ ...options, content });
  }

  /** Finds memories that answer a question of at most 8,192 bytes, best first. */
  async searchMemories(
    query: string,
    options: types.SearchOptions = {},
  ): Promise<types.FoundMemory[]> {
    return this.#memories.recall({ ...options, query });
  }

  /** All memories, newest first, or the newest `limit`. For very many of them see {@link listMemories}. */
  async getAllMemories(options: CallOptions & { limit?: number } = {}): Promise<types.Memory[]> {
    const all: types.Memory[] = [];
    for await (const memory of this.#memories.list(options)) all.push(memory);
    return all;
  }

  /** All memories, newest first, fetched page by page while they are read. */
  listMemories(options: CallOptions = {}): AsyncIterable<types.Memory> {
    return this.#memories.list(options);
  }

  /** One memory. Throws `NotFoundError` where the user has none of this id. */
  async getMemory(id: string, options: CallOptions = {}): Promise<types.Memory> {
    return this.#memories.get(id, options);
  }

  /** Changes a memory. With `version` only if nobody else has changed it since: `ConflictError`. */
  async updateMemory(
    id: string,
    changes: types.Changes,
    options: types.UpdateOptions = {},
  ): Promise<types.Memory> {
    return this.#memories.update(id, changes, options);
  }

  /** Deletes a memory, for ever. Throws `NotFoundError` where the user has none of this id. */
  async deleteMemory(id: string, options: CallOptions = {}): Promise<types.Deleted> {
    return this.#memories.delete(id, options);
  }

  /** Deletes memories by their ids (1 to 1,000) or by a filter, for ever. An empty filter is refused. */
  async forget(
    which: types.ForgetWhich,
    options: types.ForgetOptions = {},
  ): Promise<types.Forgotten> {
    return this.#memories.forget({ ...options, ...which });
  }

  /**
   * Destroys the user: every memory in every workspace, agent and thread, their keys first. Nothing brings it back.
   * The user is the client's, or `user` for a key that may (a tenant's admin key). Throws `NotFoundError`
   * (`user_not_found`) where nothing is kept.
   */
  async eraseUser({
    user,
    ...options
  }: CallOptions & { user?: string } = {}): Promise<types.Receipt> {
    const body = user === undefined ? { self: true } : { user };
    return this.#transport.json({ method: "POST", path: "/v1/erase", body, options });
  }

  /**
   * Everything that is kept of the user, in clear: `await client.export().text()`, or line by line with `for await`.
   * With a workspace, agent or thread: that one alone.
   */
  export(options: Omit<ExportParams, "namespace"> = {}): Export {
    return this.#memories.export(options);
  }

  /** Takes in an export, or lines of one's own (`{"content": "..."}`). What is there already is skipped. */
  async import(lines: Importable, options: CallOptions = {}): Promise<types.Imported> {
    return this.#memories.import(lines, options);
  }

  /** What the server makes of this client: whose memory it is, and how sure that is. */
  async whoami(options: CallOptions = {}): Promise<types.Identity> {
    return this.#transport.json({ method: "GET", path: "/v1/whoami", isRead: true, options });
  }
}
