/** Exports and imports: NDJSON, one JSON object a line, in pieces and never whole. */

import { UnexpectedReplyError } from "./errors.js";
import type { Begun } from "./transport.js";

const END = '{"anchorhold_export_end":';

/**
 * An export: its lines, to be read once. The first says what it is, the last that it is whole; a reply that was cut
 * throws instead of ending. Every line stands as the server sent it, without the line break.
 */
export class Export implements AsyncIterable<string> {
  readonly #begin: () => Promise<Begun>;

  constructor(begin: () => Promise<Begun>) {
    this.#begin = begin;
  }

  /** All of it as one text, fit for `import`. */
  async text(): Promise<string> {
    let text = "";
    for await (const line of this) text += `${line}\n`;
    return text;
  }

  /**
   * The lines.
   *
   * @throws {UnexpectedReplyError} when the export was cut.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    const { reply, attempt } = await this.#begin();
    const reader = reply.body?.getReader();
    const decoder = new TextDecoder();
    let [rest, last] = ["", ""];
    try {
      for (;;) {
        attempt.restart();
        const piece = await reader?.read();
        attempt.rest();
        if (piece?.value === undefined) break;
        const lines = (rest + decoder.decode(piece.value, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) yield (last = line);
      }
      if (rest !== "" || !last.startsWith(END))
        throw new UnexpectedReplyError("the export was cut: its end is missing");
    } catch (error) {
      throw attempt.meaning(error);
    } finally {
      attempt.end();
      // Who stops reading early leaves no connection behind.
      await reader?.cancel().catch(() => undefined);
    }
  }
}

/** Lines as the body of a request, sent as they come. `failed` is told what they throw, since not every `fetch` says. */
export function streamed(
  lines: AsyncIterable<string>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = lines[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next().catch((error: unknown) => {
        failed(error);
        throw error;
      });
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n`));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
