// Who is signed in. The tokens live in cookies; here is only when to renew them.

import { call, Problem } from "./api.js";
import { csrfToken, forgetSession, signed } from "./signed.js";

const EARLY_MS = 60_000;

export class Session extends EventTarget {
  #renewAt = 0;
  #renewing = null;

  /** Whether this browser was signed in before the page was loaded. */
  get isKept() {
    return csrfToken() !== null;
  }

  /** The session that a sign-in has just been answered with. */
  begin({ expiresIn }) {
    this.#renewAt = Date.now() + expiresIn * 1000 - EARLY_MS;
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

  /** What goes with a call, whose cookies are then fresh. */
  async headers() {
    if (Date.now() >= this.#renewAt) await (this.#renewing ??= this.#renew());
    return signed();
  }

  async #renew() {
    try {
      this.begin(await call("POST", "/v1/auth/refresh", { body: { cookie: true }, headers: signed() }));
    } catch (problem) {
      if (problem instanceof Problem && [401, 403].includes(problem.status)) this.#end();
      throw problem;
    } finally {
      this.#renewing = null;
    }
  }

  #end() {
    this.#renewAt = 0;
    forgetSession();
    this.dispatchEvent(new Event("ended"));
  }
}
