/** The keys of the tenant, for its admin key; any other is refused. */

import { snaked } from "../camel.js";
import type { CallOptions } from "../options.js";
import { pathId, type Transport } from "../transport.js";
import type { CreatedKey, Key, NewKey, Revoked } from "../types.js";

/** Makes, lists and revokes keys. */
export class Keys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Makes a key. Its secret is in this reply alone. */
  async create({ signal, timeoutMs, ...body }: NewKey & CallOptions): Promise<CreatedKey> {
    return this.#transport.json({
      method: "POST",
      path: "/v1/keys",
      body: snaked(body),
      options: { signal, timeoutMs },
    });
  }

  /** All keys, without their secrets. */
  async list(options: CallOptions = {}): Promise<Key[]> {
    const { keys } = await this.#transport.json<{ keys: Key[] }>({
      method: "GET",
      path: "/v1/keys",
      isRead: true,
      options,
    });
    return keys;
  }

  /** Ends a key, from the next request on. */
  async revoke(keyId: string, options: CallOptions = {}): Promise<Revoked> {
    return this.#transport.json({ method: "DELETE", path: `/v1/keys/${pathId(keyId)}`, options });
  }
}
