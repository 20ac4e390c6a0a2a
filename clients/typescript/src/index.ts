/** The client of Anchorhold. For the Vercel AI SDK see `anchorhold/ai`. */

export { Anchorhold } from "./anchorhold.js";
export { MemoryClient } from "./client.js";
export { getMemoryContext, type ContextOptions } from "./context.js";
export * from "./errors.js";
export type { Export } from "./lines.js";
export type { CallOptions, ClientOptions } from "./options.js";
export type { Keys } from "./resources/keys.js";
export type {
  ExportParams,
  Importable,
  InNamespace,
  Memories,
  RecallParams,
  StoreParams,
} from "./resources/memories.js";
export type { NamespaceParams, Namespaces } from "./resources/namespaces.js";
export { RETRY_AFTER_SECONDS_MAX } from "./retry.js";
export type * from "./types.js";
export type { components } from "./openapi.js";
