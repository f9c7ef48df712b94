// Keeps the book on this device (offline-worker.js). Early, or a new version could take over unseen.
"use strict"
if (location.protocol !== "file:" && navigator.serviceWorker) {
  const workers = navigator.serviceWorker
  const site = new URL("..", document.currentScript.src)
  workers.addEventListener("controllerchange", () => location.reload())

  // In the page itself, browsers would complain of it on file://.
  const manifest = document.createElement("link")
  manifest.rel = "manifest"
  manifest.href = site + "manifest.webmanifest"
  document.head.append(manifest)

  addEventListener("load", async () => {
    const registration = await workers.register(site + "offline-worker.js")
    const tell = async () => {
      // A page without a worker came from the network: it is new already.
      if (registration.waiting && workers.controller) (await import("./new-version.js")).tell(registration)
    }
    registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", tell))
    tell()
  })
}
