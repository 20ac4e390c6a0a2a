/** The client in nouns: `anchorhold.memory.store(...)`, `anchorhold.namespaces.create(...)`. */

import type { CallOptions, ClientOptions } from "./options.js";
import { Keys } from "./resources/keys.js";
import { Memories } from "./resources/memories.js";
import { Namespaces } from "./resources/namespaces.js";
import { Transport } from "./transport.js";
import type { Identity } from "./types.js";

/**
 * A client for agents, services and admins, who name their namespaces.
 *
 * ```ts
 * const anchorhold = new Anchorhold({ baseUrl, apiKey });
 * await anchorhold.memory.store({ content: "We launch in Q3.", namespace: "tenant-a" });
 * ```
 */
export class Anchorhold {
  readonly #transport: Transport;
  /** Memories: of the namespace that a call names, else of the client's user. */
  readonly memory: Memories;
  /** Named namespaces. */
  readonly namespaces: Namespaces;
  /** The tenant's keys, for its admin key. */
  readonly keys: Keys;

  /** @throws {ConfigurationError} when an option cannot be meant. */
  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.memory = new Memories(this.#transport);
    this.namespaces = new Namespaces(this.#transport);
    this.keys = new Keys(this.#transport);
  }

  /** What the server makes of this client: whose memory it is, and how sure that is. */
  async whoami(options: CallOptions = {}): Promise<Identity> {
    return this.#transport.json({ method: "GET", path: "/v1/whoami", isRead: true, options });
  }
}
