// The second step of signing in: a code of the app, one by text message, or a recovery code.

import { call } from "./api.js";
import { say } from "./words.js";

/** The browser's session after `challenge`, which a sign-in was answered with. */
export async function answer({ twoFactorToken, methods }) {
  let code = prompt(say(methods.includes("sms") ? "factor_or_text" : "factor_code")) ?? "";
  if (!code && methods.includes("sms")) {
    await call("POST", "/v1/auth/2fa/challenge/sms", { body: { twoFactorToken } });
    code = prompt(say("factor_text")) ?? "";
  }
  return call("POST", "/v1/auth/2fa/challenge", { body: { twoFactorToken, code, cookie: true } });
}
