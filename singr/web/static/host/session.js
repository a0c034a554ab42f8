// Who is signed in. The access token lives in memory, the refresh token until the tab closes; each is used once.

import { call, Problem } from "../common/api.js";

const KEPT = "singr.refresh";
const EARLY_MS = 60_000;

export class Session extends EventTarget {
  #access = null;
  #renewAt = 0;
  #renewing = null;

  /** Whether the tab was signed in before it was reloaded. */
  get isKept() {
    return sessionStorage.getItem(KEPT) !== null;
  }

  async signIn(email, password) {
    const answer = await call("POST", "/v1/auth/signin", { body: { email, password } });
    this.#take(answer.requiresTwoFactor ? await this.#answer(answer) : answer);
  }

  async signOut() {
    await this.call("POST", "/v1/auth/signout").catch(() => null);
    this.#end();
  }

  /** An API call as this user; ends the session where it no longer holds. */
  async call(method, path, given = {}) {
    try {
      return await call(method, path, { ...given, headers: await this.headers() });
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      this.#renewAt = 0;
      return call(method, path, { ...given, headers: await this.headers() });
    }
  }

  /** What signs in a call. */
  async headers() {
    if (Date.now() >= this.#renewAt) await (this.#renewing ??= this.#renew());
    return { Authorization: `Bearer ${this.#access}` };
  }

  #answer({ twoFactorToken }) {
    const code = prompt("Code of your authenticator app, or a recovery code") ?? "";
    return call("POST", "/v1/auth/2fa/challenge", { body: { twoFactorToken, code } });
  }

  async #renew() {
    try {
      const refreshToken = sessionStorage.getItem(KEPT);
      this.#take(await call("POST", "/v1/auth/refresh", { body: { refreshToken } }));
    } catch (problem) {
      if (problem instanceof Problem && [401, 422].includes(problem.status)) this.#end();
      throw problem;
    } finally {
      this.#renewing = null;
    }
  }

  #take({ accessToken, refreshToken, expiresIn }) {
    this.#access = accessToken;
    this.#renewAt = Date.now() + expiresIn * 1000 - EARLY_MS;
    sessionStorage.setItem(KEPT, refreshToken);
  }

  #end() {
    this.#access = null;
    this.#renewAt = 0;
    sessionStorage.removeItem(KEPT);
    this.dispatchEvent(new Event("ended"));
  }
}
