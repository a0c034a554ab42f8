// The way in for singers: the code and the address that phones reach, and the venue's screen.

import { $, el } from "../common/dom.js";

export async function invite(urlName) {
  const path = `/v1/public/venues/${encodeURIComponent(urlName)}/qr.svg`;
  $("#qr").src = path;
  $("#screen-link").href = `/v/${encodeURIComponent(urlName)}/screen`;
  const answer = await fetch(path).catch(() => null);
  const url = /<(.*)>/.exec(answer?.headers.get("Link"))?.[1] ?? `${location.origin}/v/${urlName}`;
  $("#link").href = url;
  const parts = url.replace(/^https?:\/\//, "").split("/");
  $("#link").replaceChildren(...parts.flatMap((part, n) => (n ? ["/", el("wbr"), part] : [part])));
}
