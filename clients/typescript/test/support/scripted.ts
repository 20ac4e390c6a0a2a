// A server that answers as a test says: one step for each request, and an error where there are more.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Step = (request: IncomingMessage, reply: ServerResponse) => void;

export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface Scripted extends AsyncDisposable {
  baseUrl: string;
  /** The requests that came, in their order. */
  asked: Asked[];
}

export async function scripted(...steps: Step[]): Promise<Scripted> {
  const asked: Asked[] = [];
  const server = createServer((request, reply) => {
    const step = steps[asked.length] ?? answer(500, { error: { message: "the script has ended" } });
    const pieces: Buffer[] = [];
    const seen: Asked = {
      method: request.method!,
      url: request.url!,
      headers: request.headers,
      body: "",
    };
    asked.push(seen);
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      seen.body = Buffer.concat(pieces).toString();
      step(request, reply);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Answers with this status and JSON. */
export function answer(status: number, body: object, headers: Record<string, string> = {}): Step {
  return (_, reply) => {
    reply.writeHead(status, { "content-type": "application/json", ...headers });
    reply.end(JSON.stringify(body));
  };
}

/** Refuses as the server does. */
export function refuse(
  status: number,
  code: string,
  type: string,
  headers: Record<string, string> = {},
): Step {
  return answer(
    status,
    { error: { code, type, message: `refused: ${code}`, request_id: "req_1" } },
    headers,
  );
}

/** Breaks the connection before anything is said. */
export const reset: Step = (request) => void request.socket.resetAndDestroy();

/** Says nothing at all. */
export const hang: Step = () => undefined;
