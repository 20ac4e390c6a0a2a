/** What goes in and what comes out. `agreement.ts` holds these types to the server's OpenAPI document. */

import type { CallOptions } from "./options.js";
import type { ErrorCode } from "./errors.js";

/** What sort of memory it is. */
export type MemoryType = "semantic" | "episodic" | "procedural" | "working";

/** What the caller keeps beside a memory, at most 100 keys and 16,384 bytes of compact JSON. No name is changed. */
export type Metadata = Record<string, unknown>;

/**
 * Which memories are looked at, such as `{ type: { eq: "semantic" } }` or `{ "metadata.topic": { in: ["a"] } }`. Names
 * of fields are those of the HTTP interface (`event_time`, `created_at`); an empty filter is refused.
 */
export type Filter = Record<string, unknown>;

/** A namespace as replies name it. */
export interface Address {
  /** Which kind. */
  kind: "named" | "user" | "shared" | "session" | "quarantine";
  /** The name of a named namespace, or the id of the user; null for the shared namespace. */
  name?: string | null;
  /** Who vouches for the user id. */
  issuer?: string | null;
  /** The workspace of the user. */
  workspace?: string | null;
  /** The agent of the user. */
  agent?: string | null;
  /** The thread of the user. */
  thread?: string | null;
}

/** A memory as its owner sees it. Times are RFC 3339 in UTC. */
export interface Memory {
  /** The id, a UUID. */
  id: string;
  /** The text. */
  content: string;
  /** What sort of memory it is. */
  type: MemoryType;
  /** How much it matters, 0 to 1. */
  importance: number;
  /** Tags, in the caller's order. */
  tags: string[];
  /** What the caller keeps beside it. */
  metadata: Metadata;
  /** Who said it. */
  speaker?: string | null;
  /** The conversation it belongs to. */
  conversation?: string | null;
  /** When it happened. */
  eventTime?: string | null;
  /** When it was stored. */
  createdAt: string;
  /** When it was last changed. */
  updatedAt: string;
  /** From when on it is gone; null for never. */
  expiresAt?: string | null;
  /** 1 at creation, one more with each change. */
  version: number;
  /** Where it is kept. */
  namespace: Address;
  /** True when it was there already, with this id and content. */
  replayed?: boolean;
  /** Windows in which a long text was embedded; absent when one was enough. */
  windows?: number | null;
}

/** A memory that answers a question. */
export interface FoundMemory extends Memory {
  /** How near the texts are in meaning, 0 to 1; compares across searches. */
  similarity: number;
  /** What the results are ordered by; compares within one search alone. */
  score: number;
  /** 1 for the best. */
  rank: number;
  /** How the score came about, when `explain` was asked for. */
  why?: Record<string, unknown> | null;
}

/** What a new memory may be told beside its text. */
export interface AddOptions extends CallOptions {
  /** A UUID of yours; drawn when absent. The same id with the same content again changes nothing. */
  id?: string;
  /** What sort of memory it is; `semantic` when absent. */
  type?: MemoryType;
  /** How much it matters, 0 to 1; 0.5 when absent. */
  importance?: number;
  /** At most 50 tags of at most 256 bytes. */
  tags?: string[];
  /** What you keep beside it. */
  metadata?: Metadata;
  /** Who said it. */
  speaker?: string;
  /** The conversation it belongs to; neighbours in it help recall. */
  conversation?: string;
  /** When it happened. */
  eventTime?: string | Date;
  /** Seconds until it is gone; kept for ever when absent. */
  ttlSeconds?: number;
  /** The vector of the text, for a tenant whose application makes the vectors itself. */
  vector?: number[];
}

/** How to search. */
export interface SearchOptions extends CallOptions {
  /** How many results, 1 to 200; 10 when absent. */
  limit?: number;
  /** The least `similarity` of a result, 0 to 1; an exact rare word passes below it. */
  threshold?: number;
  /** Which memories are looked at; all when absent. */
  filter?: Filter;
  /** Whether every result says how its score came about. */
  explain?: boolean;
  /** The vector of the question, for a tenant whose application makes the vectors itself. */
  vector?: number[];
}

/** What to change of a memory; what is absent stays. */
export interface Changes {
  /** The new text. */
  content?: string;
  /** The new sort. */
  type?: MemoryType;
  /** The new importance, 0 to 1. */
  importance?: number;
  /** The tags, replaced whole. */
  tags?: string[];
  /** The metadata, replaced whole. */
  metadata?: Metadata;
  /** When it happened; null takes it away. */
  eventTime?: string | Date | null;
  /** Seconds from now until it is gone; null keeps it for ever. */
  ttlSeconds?: number | null;
  /** The vector of the text after the change, for a tenant whose application makes the vectors itself. */
  vector?: number[];
}

/** How to change. */
export interface UpdateOptions extends CallOptions {
  /** The `version` that was read: one that was changed since is `ConflictError` (`version_conflict`). */
  version?: number;
}

/** Which memories to forget: by their ids, or by a filter. */
export type ForgetWhich =
  { ids: string[]; filter?: undefined } | { filter: Filter; ids?: undefined };

/** How to forget. */
export interface ForgetOptions extends CallOptions {
  /** Says only what would be deleted. */
  dryRun?: boolean;
}

/** What was forgotten. */
export interface Forgotten {
  /** How many. */
  deleted: number;
  /** Which. */
  ids: string[];
  /** True when nothing was deleted because `dryRun` was asked for. */
  dryRun?: boolean;
}

/** A memory that is no more. */
export interface Deleted {
  /** The id that was asked for. */
  id: string;
  /** Always true. */
  deleted: boolean;
}

/** What was destroyed, and what is left of it for a while. */
export interface Receipt {
  /** Names this receipt. */
  receiptId: string;
  /** How many namespaces lost their key. */
  namespaces: number;
  /** How many records were in them as of the last write. */
  records: number;
  /** The keys that are no more. */
  keyIds: string[];
  /** When. */
  erasedAt: string;
  /** Where a wrapped key may still lie, and until when; null when nobody but the operator knows. */
  residues: { where: string; until?: string | null }[];
  /** The entry of the audit log. */
  auditId: string;
}

/** What became of the lines of an import. */
export interface Imported {
  /** Memories that are kept now. */
  imported: number;
  /** Memories that were there already with the same content, or whose time was over. */
  skipped: number;
  /** Lines that were refused. */
  refused: number;
  /** The first 1,000 of them; the first line is 1. */
  errors: { line: number; code: ErrorCode; message: string }[];
  /** False when an export was cut or changed on the way. What arrived is kept; send the whole again. */
  complete: boolean;
}

/** A named namespace. */
export interface Namespace {
  /** Names this incarnation; another after the namespace was dropped and made again. */
  id: string;
  /** The name: 1 to 8 segments, such as `org/acme`. */
  name: string;
  /** What it is for. */
  description?: string | null;
  /** When it was made. */
  createdAt: string;
}

/** A named namespace that is no more. */
export interface NamespaceDeleted extends Deleted {
  /** What was destroyed with it. */
  receipt?: Receipt | null;
}

/** What a key may do in named namespaces. */
export interface Grant {
  /** An exact name `org/acme`, a subtree `org/acme/**`, or `**`. */
  namespace: string;
  /** What is allowed there; each holds the ones before it. */
  access: "read" | "write" | "erase" | "admin";
}

/** A key to be made. */
export interface NewKey {
  /** What it is called; need not be unique. */
  name: string;
  /** The one user it speaks for. */
  user?: string;
  /** Whether it only reads. */
  viewer?: boolean;
  /** Whether it may name any user of the tenant: `true`, or `"read"` to read alone. */
  actAs?: boolean | "read";
  /** Whether it manages the tenant. */
  admin?: boolean;
  /** The named namespaces it reaches; at most 100. */
  grants?: Grant[];
  /** Makes a key for pages of these origins, such as `https://app.example.org`; 1 to 32. */
  publishable?: { origins: string[] };
  /** Days until it ends, at most 3,650; never when absent. */
  expiresInDays?: number;
  /** A token that clients send already, to stand for `user`: 16 to 512 letters, digits and `- . _ ~ + / =`. */
  bearerToken?: string;
}

/** A key as lists show it: without its secret. */
export interface Key {
  /** Names the key; no secret. */
  keyId: string;
  /** What it is called. */
  name: string;
  /** How the key begins, to recognise it. */
  prefix: string;
  /** The one user it speaks for. */
  user?: string | null;
  /** Whether it only reads. */
  viewer?: boolean;
  /** Whether it may name any user of the tenant. */
  actAs?: boolean | "read";
  /** Whether it manages the tenant. */
  admin?: boolean;
  /** Whether it is a token that clients had already. */
  brought?: boolean;
  /** The named namespaces it reaches. */
  grants: Grant[];
  /** The origins of the pages that may use it, for a publishable key. */
  origins?: string[] | null;
  /** When it was made. */
  createdAt: string;
  /** When it ends; null for never. */
  expiresAt?: string | null;
}

/** A key that was just made. */
export interface CreatedKey extends Key {
  /** The secret. It is not shown again; absent for a token that clients had already. */
  key?: string | null;
}

/** A key that counts no more, from the next request on. */
export interface Revoked {
  /** The key that was asked for. */
  keyId: string;
  /** Always true. */
  revoked: boolean;
}

/** What the server makes of a client: whose memory it is, and how sure that is. */
export interface Identity {
  /** The tenant's name. */
  tenant: string;
  /** Who the client speaks for; null when nobody is named. */
  subject?: { issuer: string; id: string } | null;
  /** How sure that is. */
  strength: "proven" | "asserted" | "claimed" | "none";
  /** What the user may. */
  role?: "user" | "viewer" | "admin";
  /** What the tenant demands of identities. */
  trustMode: "strict" | "required" | "quarantine" | "legacy";
  /** Where a request without a named namespace goes; null when it would be refused. */
  namespace?: Address | null;
  /** The opaque id of what lives there; null when nothing was kept there yet. */
  namespaceId?: string | null;
  /** The named namespaces the key reaches. */
  grants: Grant[];
  /** The key. */
  keyId: string;
}
