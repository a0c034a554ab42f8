// Calls of the API: JSON in, JSON out, an end to every wait, and problems as errors that say what was wrong.

const LIMIT_MS = 15_000;

/** The server's answer was a problem document. `slug` names the kind, `retryAfterS` when to come back. */
export class Problem extends Error {
  constructor(answer, document) {
    super(document.detail ?? answer.statusText);
    this.status = answer.status;
    this.slug = (document.type ?? "").split("/").pop();
    this.errors = document.errors ?? [];
    this.retryAfterS = Number(answer.headers.get("Retry-After")) || 0;
  }
}

// How far this device's clock is behind the server's, in ms; from the Date header, so good to a second.
let behindMs = 0;

/** Now, by the server's clock. */
export const serverNow = () => Date.now() + behindMs;

/** One call; null for an answer without content. Throws Problem, or another error when there was no answer. */
export async function call(method, path, { body, headers = {}, signal, ...rest } = {}) {
  const limit = within(LIMIT_MS, signal);
  try {
    const answer = await fetch(path, {
      method,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: limit.signal,
      ...rest,
    });
    const date = Date.parse(answer.headers.get("Date"));
    if (date) behindMs = date + 500 - Date.now();
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
    throw new Problem(answer, await answer.json().catch(() => ({})));
  } finally {
    limit.lift();
  }
}

/** A signal that aborts with `signal`, or after `ms` unless lifted before. */
export function within(ms, signal) {
  const control = new AbortController();
  const abort = () => control.abort(signal.reason);
  const timer = setTimeout(() => control.abort(new DOMException("no answer in time", "TimeoutError")), ms);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const lift = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: control.signal, lift };
}
