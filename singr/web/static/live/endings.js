// Why a connection ended and what to do then: the server's close table (singr/realtime/close.py), seen from here.

export const RECONNECT = { then: "reconnect" };
export const STOP = { then: "stop" };

const RENEW_CODES = new Set([4401, 4429]);
const STOP_CODES = new Set([1002, 1003, 1007, 1009, 4400, 4403, 4404, 4409]);
const STOP_SLUGS = new Set(["bad-message", "forbidden", "not-found", "conflict"]);
const TOO_MANY_MS = 60_000;

/** A WebSocket's close code; `retryMs` comes from the server's `bye`. */
export function ofCode(code, retryMs) {
  if (STOP_CODES.has(code)) return { ...STOP, code };
  if (RENEW_CODES.has(code)) return { then: "renew", code, retryMs: code === 4429 ? TOO_MANY_MS : retryMs };
  return { ...RECONNECT, code, retryMs };
}

/** An event stream's `error` message. */
export function ofSlug(slug, retryMs) {
  if (STOP_SLUGS.has(slug)) return { ...STOP, slug };
  return { then: slug === "sign-in" ? "renew" : "reconnect", slug, retryMs };
}

/** An HTTP answer that is not the one hoped for. */
export function ofStatus(status, retryAfterS = 0) {
  if (status === 401) return { then: "renew", status };
  if (status === 403 || status === 404) return { ...STOP, status };
  return { ...RECONNECT, status, retryMs: retryAfterS * 1000 || undefined };
}

/** Whatever a call threw. */
export function ofError(error) {
  return error?.status ? ofStatus(error.status, error.retryAfterS) : RECONNECT;
}
