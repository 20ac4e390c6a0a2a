/** Names between here (`eventTime`) and the server (`event_time`). What the caller keeps is never renamed. */

/** `event_time` as `eventTime`. */
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** Fields whose insides are the caller's own. */
type Own = "metadata" | "why" | "filter";

/** A shape of the server with names as they are written here. */
export type Camelized<T> = T extends readonly (infer Item)[]
  ? Camelized<Item>[]
  : T extends object
    ? { [K in keyof T as K extends string ? Camel<K> : K]: K extends Own ? T[K] : Camelized<T[K]> }
    : T;

const OWN: readonly string[] = ["metadata", "why", "filter"] satisfies Own[];

/** Renames what the server sent. */
export function camelized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelized);
  if (typeof value !== "object" || value === null) return value;
  const renamed = Object.entries(value).map(([name, inner]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    OWN.includes(name) ? inner : camelized(inner),
  ]);
  return Object.fromEntries(renamed);
}

/** Renames the fields of a request; what is `undefined` is not sent. */
export function snaked(fields: object): Record<string, unknown> {
  const renamed = Object.entries(fields).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return Object.fromEntries(renamed);
}
