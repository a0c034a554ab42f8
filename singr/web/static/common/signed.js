// What a signed-in page can know of its session. The tokens are in cookies that no script reads; the CSRF token is in
// one that scripts of this origin may read, and proves that a call is ours.

const NAMES = ["__Host-singr_csrf", "singr_csrf"];

/** The CSRF token; null when nobody is signed in. */
export function csrfToken() {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("="));
  return pairs.find(([name]) => NAMES.includes(name))?.[1] ?? null;
}

/** What goes with every call of somebody who is signed in. */
export const signed = () => ({ "X-CSRF-Token": csrfToken() ?? "" });

/** This browser acts for nobody any more, also when the server could not be told. */
export function forgetSession() {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const name of NAMES) document.cookie = `${name}=; Path=/; Max-Age=0; SameSite=Lax${secure}`;
}
