// Keeps one whole version of the book on the reader's device and answers from it. Before these
// lines, offline.py writes VERSION, SIZE (bytes) and FILES: what each file's contents must be.
const OWN = `book ${registration.scope} `
const CACHE = OWN + VERSION

// A version is kept whole or not at all: of a site that is just being published, some files would
// not be what FILES says, and fetch refuses them.
async function keep() {
  const cache = await caches.open(CACHE)
  try {
    // Without room for all of it nothing is asked of the network.
    await cache.put("room", new Response(new Uint8Array(SIZE)))
    await cache.delete("room")
    for (const [path, digest] of Object.entries(FILES)) {
      if (await cache.match(digest)) continue
      await cache.put(digest, (await caches.match(digest)) ?? (await download(path, digest)))
    }
  } catch (error) {
    // What came before the network failed (a TypeError) serves the next try. On a device that is
    // full it must not take up room.
    if (!(error instanceof TypeError)) await caches.delete(CACHE)
    throw error
  }
}

async function download(path, digest) {
  const answer = await fetch(path, { integrity: digest, cache: "no-cache" })
  // One of its own: no page may be opened with an answer that was redirected.
  return new Response(answer.body, answer)
}

async function forgetOthers() {
  const names = await caches.keys()
  // The version that is coming keeps its files already, and will forget the others itself.
  if (registration.installing || registration.waiting) return
  for (const name of names) if (name.startsWith(OWN) && name !== CACHE) await caches.delete(name)
}

// The file that is meant by an address, if it is kept: "" is index.html, and hosts call a.html "a".
function pathOf(url) {
  const [address] = url.split(/[?#]/)
  const path = address.startsWith(registration.scope) ? address.slice(registration.scope.length) : "/"
  return [path, path + "index.html", path + ".html"].find((name) => Object.hasOwn(FILES, name))
}

// What the browser itself has stored of the site may be of an older version than the server's.
function fromServer(request) {
  return fetch(request.url, { cache: "no-cache", redirect: request.redirect })
}

function kept(path) {
  return caches.match(FILES[path], { cacheName: CACHE })
}

async function answer(event, path) {
  const { request } = event
  const opens = request.mode === "navigate"
  // A page that came from the network may be of another version: so must be all that belongs to it.
  const client = opens ? null : await clients.get(event.clientId)
  if (client && !pathOf(client.url)) return fromServer(request)
  const found = await kept(path)
  if (found) return found
  // The device has lost it: this page comes from the server, all of it, and the book is kept anew.
  if (opens) {
    await caches.delete(CACHE)
    event.waitUntil(keep())
  }
  return fromServer(request)
}

async function offlinePage() {
  const page = await kept("offline.html")
  const html = await page.text()
  // Shown at any address, it brings its own style; its links begin where the book does.
  return new Response(html.replace('<base href="index.html">', `<base href="${registration.scope}">`), {
    status: 503,
    headers: page.headers,
  })
}

addEventListener("install", (event) => event.waitUntil(keep()))
addEventListener("activate", (event) => event.waitUntil(forgetOthers()))
// The reader wants the new version. Until then every page keeps the one that it was opened with.
addEventListener("message", () => skipWaiting())
addEventListener("fetch", (event) => {
  const { request } = event
  const path = pathOf(request.url)
  if (request.method !== "GET") return
  if (path) event.respondWith(answer(event, path))
  else if (request.mode === "navigate") event.respondWith(fromServer(request).catch(offlinePage))
})
