// A venue that has got another address: the page goes on there, with what it keeps of its visitor.

import { forget, keep, kept, names } from "../common/store.js";

export function moveOn(from, to) {
  for (const name of names("")) {
    const [kind, venue, ...rest] = name.split(".");
    if (venue !== from) continue;
    keep([kind, to, ...rest].join("."), kept(name));
    forget(name);
  }
  location.replace(location.pathname.replace(`/v/${from}`, `/v/${to}`));
}
