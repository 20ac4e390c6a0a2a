// Tenants of the real server: each test file makes its own, so that none sees what another keeps.
import { randomUUID } from "node:crypto";

import { Anchorhold, MemoryClient, type ClientOptions, type NewKey } from "anchorhold";

const operatorUrl = process.env.ANCHORHOLD_OPERATOR_URL!;
const operatorKey = process.env.ANCHORHOLD_OPERATOR_KEY!;

/** The real server, for tenants. */
export const baseUrl = process.env.ANCHORHOLD_URL!;

async function operate(path: string, body: object): Promise<{ key: string }> {
  const reply = await fetch(operatorUrl + path, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${text}`);
  return JSON.parse(text);
}

/** A tenant of its own, with an admin key and a key that may name users. */
export interface Tenant {
  name: string;
  adminKey: string;
  apiKey: string;
  /** The admin's client. */
  admin: Anchorhold;
  /** The memory of a user. */
  user(userId: string, more?: ClientOptions): MemoryClient;
  /** Another key's secret. */
  key(key: Omit<NewKey, "name">): Promise<string>;
}

export async function tenant(policy: object = {}): Promise<Tenant> {
  const name = `typescript-${randomUUID()}`;
  await operate("/v1/tenants", { name, ...policy });
  const { key: adminKey } = await operate(`/v1/tenants/${name}/keys`, {
    name: "admin",
    admin: true,
  });
  const admin = new Anchorhold({ baseUrl, apiKey: adminKey });
  const key = async (wanted: Omit<NewKey, "name">) =>
    (await admin.keys.create({ name: "test", ...wanted })).key!;
  const apiKey = await key({ actAs: true });
  const user = (userId: string, more: ClientOptions = {}) =>
    new MemoryClient({ baseUrl, apiKey, userId, ...more });
  return { name, adminKey, apiKey, admin, user, key };
}

/** What a promise throws; a test fails where it does not. */
export async function thrown(promise: Promise<unknown>): Promise<any> {
  const value = await promise.then(
    (found) => ({ found }),
    (error: unknown) => ({ error }),
  );
  if ("error" in value) return value.error;
  throw new Error(`nothing was thrown, but this came: ${JSON.stringify(value.found)}`);
}
