// The page without a network: the worker that opens it then, and the venue as it was when it was last heard of.

import { keep, kept } from "../common/store.js";

const { venue, worker, kept: keptAt } = document.body.dataset;
const WORKER = /^\/static\/singer-worker\.[0-9a-f]+\.js$/;
const NAME = `last.${venue}`;

/** When what the page shows is from, in ms since 1970, where a worker had to give it; else 0. */
export const oldSince = Number(keptAt) && Math.max(Number(keptAt), kept(NAME, { at: 0 }).at);

/** The venue and how many wait, as last heard; null unless this page is an old one. */
export const lastHeard = () => (oldSince ? kept(NAME, null) : null);

/** Keeps what anybody may know of the venue. */
export const keepHeard = (venueNow, waiting) => keep(NAME, { at: Date.now(), venue: venueNow, waiting });

/** Browsers have no service workers outside HTTPS, and some not in private windows. */
export function hireWorker() {
  const given = { createScriptURL: (url) => (WORKER.test(url) ? url : "") };
  const address = window.trustedTypes?.createPolicy("worker", given).createScriptURL(worker) ?? worker;
  navigator.serviceWorker?.register(address, { scope: "/v/", updateViaCache: "all" }).catch(() => null);
}
