// The second step of signing in: a code of the app, one by text message, or a recovery code.

import { call } from "./api.js";

const CODE = "Code of your authenticator app, or a recovery code";
const OR_TEXT = `${CODE}. Leave it empty to get a text message.`;

/** The browser's session after `challenge`, which a sign-in was answered with. */
export async function answer({ twoFactorToken, methods }) {
  let code = prompt(methods.includes("sms") ? OR_TEXT : CODE) ?? "";
  if (!code && methods.includes("sms")) {
    await call("POST", "/v1/auth/2fa/challenge/sms", { body: { twoFactorToken } });
    code = prompt("Code of the text message") ?? "";
  }
  return call("POST", "/v1/auth/2fa/challenge", { body: { twoFactorToken, code, cookie: true } });
}
