// What a link within the book leads to, on a card beside it: by hover, focus or a first touch.
"use strict"
{
  const assets = new URL(".", document.currentScript.src)
  const site = new URL("..", assets)
  const PAUSE = 300 // milliseconds in which a pointer may pass over a link, or go from it to its card
  const card = document.createElement("div")
  card.className = "preview"
  card.id = "preview.card" // no slug has a dot
  card.role = "tooltip"
  document.querySelector("main").append(card)
  let shown = null // the link whose card this is, or will be when it has come
  let timer, loading

  function load() {
    loading ??= new Promise((resolve) => {
      const script = document.createElement("script")
      script.src = new URL("previews.js", assets)
      script.addEventListener("load", resolve)
      script.addEventListener("error", () => resolve((loading = undefined)))
      document.head.append(script)
    })
    return loading
  }

  // As previews.js names places. The site's first page has two addresses, the menu knows which counts.
  function placeOf(link) {
    if (document.body.matches(".whole")) return decodeURIComponent(link.hash.slice(1)).replace(":", "#")
    const isHere = link.pathname === location.pathname
    const page = isHere ? document.querySelector("#menu [aria-current]") : link
    return page.pathname.slice(site.pathname.length) + decodeURIComponent(link.hash)
  }

  function hide() {
    clearTimeout(timer)
    card.replaceChildren()
    shown?.classList.remove("previewed")
    shown?.removeAttribute("aria-describedby")
    shown = null
  }

  // False if there is nothing to show.
  async function show(link) {
    hide()
    shown = link
    await load()
    if (shown !== link) return true
    const html = globalThis.bookPreviews?.[placeOf(link)]
    if (!html) return false
    const content = document.createElement("template")
    content.innerHTML = html
    for (const picture of content.content.querySelectorAll("img")) {
      picture.src = new URL(picture.getAttribute("src"), site)
    }
    card.classList.remove("cut")
    card.append(content.content)
    link.classList.add("previewed")
    card.classList.toggle("cut", card.scrollHeight > card.clientHeight)
    link.setAttribute("aria-describedby", card.id)
    return true
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return
    const link = referenceAt(event)
    clearTimeout(timer)
    if (link && link !== shown) timer = setTimeout(show, PAUSE, link)
    else if (!link && shown && !card.contains(event.target) && !shown.matches(":focus-visible")) {
      timer = setTimeout(hide, PAUSE)
    }
  })
  document.addEventListener("focusin", (event) => {
    const link = referenceAt(event)
    if (link?.matches(":focus-visible")) show(link)
    else if (link !== shown) hide()
  })
  document.addEventListener("focusout", hide)
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide()
  })
  // The first touch shows the card, the second one follows the link.
  document.addEventListener("click", async (event) => {
    if (card.contains(event.target)) return
    const link = referenceAt(event)
    if (!link || link === shown || event.pointerType !== "touch") return hide()
    event.preventDefault()
    if (!(await show(link))) location = link.href
  })
}
