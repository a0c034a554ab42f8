// The singer page's service worker. It keeps the page of the venue visited last, without what is the visitor's own, and
// shows it when the server cannot be reached: marked with the time it is from. Everything else goes by it, all of the
// API too. Its address holds a hash of this text: another text is another worker, with a cache of its own.

const CACHE = `singr:${location.pathname}`;
const PAGE = /^\/v\/[^/]+$/;
const PLAIN = /^(\?lang=[\w-]+)?$/;
const OWN = /<!--mine-->[^]*?<!--\/mine-->/g;
const FILE = /"(\/static\/[^"]+)"/g;
const HEADERS = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];
const PATIENCE_MS = 6_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && PAGE.test(pathname)) event.respondWith(visit(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

/** The page that brought us was loaded without us; the browser has it still. */
async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("singr:") && name !== CACHE).map((name) => caches.delete(name)));
  for (const { url } of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
    const { pathname } = new URL(url);
    if (PAGE.test(pathname)) await keep(pathname, await fetch(pathname, { cache: "force-cache" }));
  }
}

/** The server's page; the one kept where that does not come, or not in time. */
async function visit(event, path) {
  const asking = fetch(event.request);
  const keeping = asking.then((answer) => PLAIN.test(new URL(event.request.url).search) && keep(path, answer.clone()));
  event.waitUntil(keeping.catch(() => null));
  const old = await (await caches.open(CACHE)).match(path);
  if (!old) return asking;
  const answer = await Promise.race([asking.catch(() => null), pause(PATIENCE_MS)]);
  return answer && answer.status < 500 ? answer : old;
}

async function file(request) {
  const kept = await (await caches.open(CACHE)).match(request);
  return kept ?? fetch(request);
}

async function keep(path, answer) {
  if (answer.status !== 200) return;
  const page = (await answer.text()).replace(OWN, "").replace('data-kept=""', `data-kept="${Date.now()}"`);
  const files = [...page.matchAll(FILE)].map(([, url]) => url);
  const cache = await caches.open(CACHE);
  const had = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const lacking = files.filter((url) => !had.includes(url));
  await Promise.all(lacking.map((url) => cache.add(new Request(url, { cache: "force-cache" }))));
  const headers = HEADERS.map((name) => [name, answer.headers.get(name)]);
  await cache.put(path, new Response(page, { headers }));
  await Promise.all(had.filter((old) => ![path, ...files].includes(old)).map((old) => cache.delete(old)));
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
