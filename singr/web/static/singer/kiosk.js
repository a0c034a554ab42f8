// On a tablet that many share the page forgets whoever was there: after each request, and when nobody touches it.

import { forget, names } from "../common/store.js";

const SHOWN_MS = 8_000;
const IDLE_MS = 90_000;

/** Nothing of earlier singers is left, but for requests that are not sent yet. */
export function forgetOthers() {
  for (const name of names("")) if (!name.startsWith("outbox.")) forget(name);
}

/** Begins anew at `address` once a request is sent, and after a while without a touch. */
export function beginAnew(address, outbox) {
  let timer = 0;
  const isUnsent = () => outbox.entries.some(({ state }) => ["waiting", "sending"].includes(state));
  const after = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => (isUnsent() ? after(ms) : location.replace(address)), ms);
  };
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => after(IDLE_MS));
  outbox.addEventListener("sent", () => setTimeout(() => after(SHOWN_MS)));
  if (location.search) after(IDLE_MS);
}
