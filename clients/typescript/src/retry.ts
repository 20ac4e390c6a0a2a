/** When the same request is sent again, and after how long. */

import { AbortError, AnchorholdError, ConnectionError } from "./errors.js";

/** The longest wait inside of a call, in seconds. Where the server asks for more, the caller decides. */
export const RETRY_AFTER_SECONDS_MAX = 60;

const PAUSE_FIRST_MS = 500;
const PAUSE_MS_MAX = 8_000;

/** Statuses that say: not now. */
const NOT_NOW = [408, 425, 429, 503];

/**
 * How many milliseconds to wait before the same request is sent again; `undefined` when it must not be.
 *
 * A server that names a time has done nothing and may be asked again for anything. Without its word, and after
 * a broken connection, nobody knows what was done: then only a request that can be repeated is.
 *
 * @param attempt 0 for the first failure.
 * @param random 0 to 1, so that many clients do not come back at the same moment.
 */
export function pauseMs(
  error: unknown,
  { repeatable, attempt, random }: { repeatable: boolean; attempt: number; random: number },
): number | undefined {
  const usual = Math.min(PAUSE_FIRST_MS * 2 ** attempt, PAUSE_MS_MAX) * (1 - random / 4);
  if (error instanceof ConnectionError) return repeatable ? usual : undefined;
  if (!(error instanceof AnchorholdError) || !isNotNow(error)) return undefined;
  if (error.retryAfterSeconds === undefined) return repeatable ? usual : undefined;
  if (error.retryAfterSeconds > RETRY_AFTER_SECONDS_MAX) return undefined;
  return error.retryAfterSeconds * 1000 + usual * random;
}

function isNotNow(error: AnchorholdError): boolean {
  return NOT_NOW.includes(error.status ?? 0) || error.code === "idempotency_in_progress";
}

/** The seconds of `Retry-After`: a number, or a date (rounded up, never negative). */
export function retryAfterSeconds(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMs) / 1000));
}

/** Waits; a signal ends it at once, with {@link AbortError}. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(new AbortError("the signal ended the call", { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    if (signal?.aborted) aborted();
    signal?.addEventListener("abort", aborted, { once: true });
  });
}
