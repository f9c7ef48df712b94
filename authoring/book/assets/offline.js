// Has the book kept on this device (see offline-worker.js), and tells when a new version is there.
"use strict"
if (location.protocol !== "file:" && navigator.serviceWorker) {
  const workers = navigator.serviceWorker
  const site = new URL("..", document.currentScript.src)

  // Not in the page itself: from a folder, browsers complain of it.
  const manifest = document.createElement("link")
  manifest.rel = "manifest"
  manifest.href = new URL("manifest.webmanifest", site)
  document.head.append(manifest)

  // From now on its files would come from the new version.
  workers.addEventListener("controllerchange", () => location.reload())

  // After all that the page itself needs.
  addEventListener("load", async () => {
    const registration = await workers.register(new URL("offline-worker.js", site))
    async function tell() {
      // A page that came from the network is new already.
      if (registration.waiting && workers.controller) (await import("./new-version.js")).tell(registration)
    }
    function watch() {
      registration.installing?.addEventListener("statechange", tell)
    }
    registration.addEventListener("updatefound", watch)
    watch()
    tell()
  })
}
