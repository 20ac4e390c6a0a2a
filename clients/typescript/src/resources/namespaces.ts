/** Named namespaces: what several users or agents share on purpose. */

import { snaked } from "../camel.js";
import type { CallOptions } from "../options.js";
import { pathId, type Transport } from "../transport.js";
import type { Namespace, NamespaceDeleted } from "../types.js";

/** Namespaces in a page of a list, the server's most. */
const PAGE = 200;

/** A namespace to be made. */
export interface NamespaceParams extends CallOptions {
  /** 1 to 8 segments, such as `tenant-a` or `org/acme`. */
  name: string;
  /** What it is for, at most 1,024 bytes. */
  description?: string;
}

/** Makes, lists and destroys named namespaces, with a tenant's admin key or an `admin` grant. */
export class Namespaces {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Makes a namespace. Throws `ConflictError` (`namespace_exists`) where there is one of this name. */
  async create({ signal, timeoutMs, ...body }: NamespaceParams): Promise<Namespace> {
    return this.#transport.json({
      method: "POST",
      path: "/v1/namespaces",
      body: snaked(body),
      options: { signal, timeoutMs },
    });
  }

  /** All namespaces that the key may see. */
  async list(options: CallOptions = {}): Promise<Namespace[]> {
    const all: Namespace[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: PAGE, cursor };
      const page: Page = await this.#transport.json({
        method: "GET",
        path: "/v1/namespaces",
        query,
        isRead: true,
        options,
      });
      all.push(...page.namespaces);
      cursor = page.nextCursor;
    } while (cursor);
    return all;
  }

  /** One namespace by its opaque `id`. */
  async get(id: string, options: CallOptions = {}): Promise<Namespace> {
    return this.#transport.json({
      method: "GET",
      path: `/v1/namespaces/${pathId(id)}`,
      isRead: true,
      options,
    });
  }

  /** Says anew what it is for; null says nothing. */
  async update(
    id: string,
    changes: { description: string | null },
    options: CallOptions = {},
  ): Promise<Namespace> {
    return this.#transport.json({
      method: "PATCH",
      path: `/v1/namespaces/${pathId(id)}`,
      body: changes,
      options,
    });
  }

  /** Destroys it with everything in it, for ever. */
  async delete(id: string, options: CallOptions = {}): Promise<NamespaceDeleted> {
    return this.#transport.json({
      method: "DELETE",
      path: `/v1/namespaces/${pathId(id)}`,
      options,
    });
  }
}

interface Page {
  namespaces: Namespace[];
  nextCursor?: string | null;
}
