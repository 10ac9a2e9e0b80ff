// Pages without a net: what was loaded once is there again. What people say and the interface are never kept here.
const CACHE = "ingather-pages";
const base = new URL("./", self.location);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(base.href)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (!Array.isArray(event.data)) return;
  const inside = event.data.filter((one) => String(one).startsWith(new URL("assets/", base).href));
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all(inside.map((one) => cache.add(one)))));
});
self.addEventListener("fetch", (event) => {
  const asked = new URL(event.request.url);
  if (event.request.method !== "GET" || asked.origin !== base.origin || !asked.href.startsWith(base.href)) return;
  if (asked.href.startsWith(new URL("api/", base).href)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (asked.href.startsWith(new URL("assets/", base).href)) event.respondWith(kept(event.request));
});

async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(base.href, answer.clone());
    return answer;
  } catch {
    return (await cache.match(base.href)) ?? Response.error();
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
