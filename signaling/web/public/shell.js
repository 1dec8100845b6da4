/* The service worker of the installed page. It keeps the page that is shown without a network, and nothing else: no order,
 * no message, no picture and no reply of the API is ever stored by it. */
const SHELL = "viva-shell-1";
const OFFLINE = "/offline.html";
const FILES = [OFFLINE, "/offline.css", "/icon-192.png"];

self.addEventListener("install", (event) => {
  const fresh = FILES.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("viva-shell-") && name !== SHELL);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const opensPage = request.mode === "navigate" && pathname === "/";
  if (opensPage) event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  else if (FILES.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

const kept = (path) => caches.match(path, { cacheName: SHELL }).then((found) => found ?? Response.error());
