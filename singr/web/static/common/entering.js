// The ends of every way to sign in: a code that came back with the browser, and the second factor.

import { call } from "./api.js";
import { answer } from "./factor.js";

/** The code of a sign-in with another service, which is then gone from the address; null without one. */
export function takeCode() {
  const [word, code] = location.hash.slice(1).split("=");
  if (word !== "oauth" || !code) return null;
  history.replaceState(null, "", location.pathname);
  return code;
}

/** The session for such a code. */
export async function exchange(code) {
  return factored(await call("POST", "/v1/auth/oauth/exchange", { body: { code, cookie: true } }));
}

/** The session, once somebody who has a second factor has shown it. */
export const factored = async (session) => (session.requiresTwoFactor ? answer(session) : session);
