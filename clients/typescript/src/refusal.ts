/** From a reply that is no success to the error that says so. */

import * as errors from "./errors.js";
import { retryAfterSeconds } from "./retry.js";

type ErrorClass = new (message: string, details: errors.ErrorDetails) => errors.AnchorholdError;

/** The `type` of a refusal, and the class for it. */
const CLASSES: Record<string, ErrorClass> = {
  invalid_request_error: errors.InvalidRequestError,
  authentication_error: errors.AuthenticationError,
  permission_error: errors.PermissionError,
  not_found_error: errors.NotFoundError,
  conflict_error: errors.ConflictError,
  rate_limit_error: errors.RateLimitError,
  server_error: errors.ServerError,
};

interface Said {
  code?: string;
  message?: string;
  type?: string;
  request_id?: string;
  field?: string;
}

/** The error for a reply; reads its body. */
export async function refusal(reply: Response): Promise<errors.AnchorholdError> {
  const said = await saidIn(reply);
  const details: errors.ErrorDetails = { status: reply.status };
  const requestId = said?.request_id ?? reply.headers.get("x-anchorhold-request-id") ?? undefined;
  const seconds = retryAfterSeconds(reply.headers.get("retry-after"), Date.now());
  if (said?.code !== undefined) details.code = said.code;
  if (requestId !== undefined) details.requestId = requestId;
  if (said?.field !== undefined) details.field = said.field;
  if (seconds !== undefined) details.retryAfterSeconds = seconds;
  const Class = CLASSES[said?.type ?? ""] ?? ofStatus(reply.status);
  return new Class(
    said?.message ?? `HTTP ${reply.status}, without a reason of Anchorhold`,
    details,
  );
}

/** What the server says of a refusal; nothing when a proxy or another server has answered. */
async function saidIn(reply: Response): Promise<Said | undefined> {
  const body: unknown = await reply.json().catch((error: unknown) => {
    // A body that is no JSON is somebody else's; one that did not arrive is a broken connection.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  const said = (body as { error?: unknown } | null | undefined)?.error;
  return typeof said === "object" && said !== null ? said : undefined;
}

/** Where the body says nothing. */
function ofStatus(status: number): ErrorClass {
  if (status === 401) return errors.AuthenticationError;
  if (status === 403) return errors.PermissionError;
  if (status === 429) return errors.RateLimitError;
  return status >= 500 ? errors.ServerError : errors.UnexpectedReplyError;
}
