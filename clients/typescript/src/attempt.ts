/** One request and its reply, bounded in time and ended by the caller's signal. */

import { AbortError, AnchorholdError, ConnectionError, TimeoutError } from "./errors.js";

/** The longest that a timer can be; a longer one would end at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Ends an attempt when its time is up or the caller says so, and knows which of the two it was. */
export class Attempt {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  readonly #caller: AbortSignal | undefined;
  readonly #aborted = () => this.#controller.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;

  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs;
    this.#caller = caller;
    if (caller?.aborted) this.#aborted();
    caller?.addEventListener("abort", this.#aborted, { once: true });
    this.restart();
  }

  /** What `fetch` listens to. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something arrived: the time begins again. */
  restart(): void {
    this.rest();
    if (this.#timeoutMs === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#isLate = true;
        this.#controller.abort();
      },
      Math.min(this.#timeoutMs, TIMER_MS_MAX),
    );
  }

  /** The caller is at work: time does not count until {@link restart}. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** It is over; nothing is left behind. */
  end(): void {
    this.rest();
    this.#caller?.removeEventListener("abort", this.#aborted);
  }

  /** What an error on the way means to the caller. */
  meaning(error: unknown): AnchorholdError {
    if (error instanceof AnchorholdError) return error;
    if (this.#caller?.aborted)
      return new AbortError("the signal ended the call", { cause: this.#caller.reason });
    if (this.#isLate) return new TimeoutError(`no reply within ${this.#timeoutMs} ms`);
    return new ConnectionError("the server was not reached, or the connection broke", {
      cause: error,
    });
  }
}
