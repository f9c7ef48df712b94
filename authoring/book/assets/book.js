// What a page can do beyond being read. Without this file all of it can still be read.
"use strict"

const assets = new URL(".", document.currentScript.src)

// How pages look is set once, if ever: the panel for it comes when it is first asked for.
const displayButton = document.querySelector(".display-button")
function bringDisplay() {
  const script = document.createElement("script")
  script.src = new URL("display-panel.js", assets)
  script.addEventListener("error", waitForDisplay)
  document.head.append(script)
}
function waitForDisplay() {
  displayButton.addEventListener("click", bringDisplay, { once: true })
}
displayButton.hidden = false
waitForDisplay()

// Beside the text there is room for the page's contents; above it they stay folded.
const wide = matchMedia("(min-width: 79em)")
const contents = document.querySelector(".contents")
function placeContents() {
  if (!contents) return
  contents.open = wide.matches
  const summary = contents.querySelector("summary")
  if (wide.matches) summary.tabIndex = -1
  else summary.removeAttribute("tabindex")
}
wide.addEventListener("change", placeContents)
placeContents()

// There, the part that is being read stands out.
const parts = [...document.querySelectorAll(".contents a")].map((link) => [
  link,
  document.getElementById(decodeURIComponent(link.hash.slice(1))),
])
let shown
function follow() {
  const isEnd = scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 2
  const passed = isEnd
    ? parts.at(-1)
    : parts.findLast(([, heading]) => heading?.getBoundingClientRect().top < innerHeight / 4)
  if (passed?.[0] === shown) return
  shown?.removeAttribute("aria-current")
  shown = passed?.[0]
  shown?.setAttribute("aria-current", "true")
  if (wide.matches) contents.scrollTop = shown ? shown.offsetTop - contents.clientHeight / 2 : 0
}
addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true })
addEventListener("load", follow)

for (const box of document.querySelectorAll(".code")) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "copy"
  const name = () => (button.textContent = said("Sao chép", "Copy"))
  name()
  document.addEventListener("pagelanguage", name)
  button.addEventListener("click", async () => {
    const done = await copied(box.querySelector("code").textContent)
    button.textContent = done ? said("Đã sao chép", "Copied") : said("Không sao chép được", "Could not copy")
    setTimeout(name, 2000)
  })
  box.append(button)
}

// A box that scrolls must be reachable without a mouse.
const boxes = [...document.querySelectorAll("pre, .out, .scroll, .formula")]
function reachBoxes() {
  // First all are measured: one change between them, and the page would be laid out again for each.
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight)
  for (const [n, box] of boxes.entries()) {
    if (scrolls[n]) box.tabIndex = 0
    else box.removeAttribute("tabindex")
  }
}
addEventListener("resize", reachBoxes)
addEventListener("load", reachBoxes)
// What was folded had no size.
addEventListener("toggle", reachBoxes, true)
// Letters of another font have other widths.
document.fonts.ready.then(reachBoxes)

// On paper nothing scrolls: what is wider than its place there becomes as small as it must.
addEventListener("beforeprint", () => {
  const root = document.documentElement
  const top = scrollY
  root.dataset.measured = ""
  const wide = [...document.querySelectorAll(".scroll, .formula")]
  const fits = wide.map((box) => Math.min(1, box.clientWidth / box.scrollWidth || 1))
  delete root.dataset.measured
  scrollTo({ top, behavior: "instant" })
  for (const [n, box] of wide.entries()) box.style.setProperty("--fit", fits[n])
})
