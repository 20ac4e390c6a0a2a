/** Does not compile when a type of this package and the server's OpenAPI document disagree. It holds no code. */

import type { Camelized } from "./camel.js";
import type { components } from "./openapi.js";
import type { CallOptions } from "./options.js";
import type * as types from "./types.js";

type Wire = components["schemas"];
/** All fields of a type in one place, wherever they were declared. */
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T;
type IsSame<A, B> =
  (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false;
/** Must be so. */
type Holds<T extends true> = T;
/** The fields that a request may have, but for the namespace, which is a header. */
type Sent<T> = Exclude<keyof Camelized<T>, "namespace">;
type Said<T> = Exclude<keyof T, keyof CallOptions>;

/** What comes back has exactly the server's fields. */
export type Replies = [
  Holds<IsSame<types.Memory, Camelized<Wire["MemoryBody"]>>>,
  Holds<IsSame<types.Address, Camelized<Wire["AddressBody"]>>>,
  Holds<IsSame<types.FoundMemory, types.Memory & Omit<Camelized<Wire["RecallResult"]>, "memory">>>,
  Holds<IsSame<types.Forgotten, Camelized<Wire["ForgetReply"]>>>,
  Holds<IsSame<types.Deleted, Camelized<Wire["Deleted"]>>>,
  Holds<IsSame<types.Receipt, Camelized<Wire["Receipt"]>>>,
  Holds<IsSame<types.Imported, Camelized<Wire["ImportReply"]>>>,
  Holds<IsSame<types.Namespace, Camelized<Wire["NamespaceBody"]>>>,
  Holds<IsSame<types.NamespaceDeleted, Camelized<Wire["NamespaceDeleted"]>>>,
  Holds<IsSame<types.Key, Camelized<Wire["KeyListed"]>>>,
  Holds<IsSame<types.CreatedKey, Camelized<Wire["KeyCreated"]>>>,
  Holds<IsSame<types.Revoked, Camelized<Wire["Revoked"]>>>,
  Holds<IsSame<types.Identity, Camelized<Wire["WhoamiReply"]>>>,
];

/** Every field that the server takes can be said, and no other. The text, the question and a version are arguments. */
export type Requests = [
  Holds<IsSame<Said<types.AddOptions> | "content", Sent<Wire["CreateMemory"]>>>,
  Holds<IsSame<Said<types.SearchOptions> | "query" | "namespaces", Sent<Wire["RecallRequest"]>>>,
  Holds<IsSame<keyof types.Changes, Sent<Wire["PatchMemory"]>>>,
  Holds<IsSame<keyof types.NewKey, Sent<Wire["CreateKey"]>>>,
  Holds<IsSame<Said<types.ForgetOptions> | "ids" | "filter", Sent<Wire["ForgetRequest"]>>>,
];
