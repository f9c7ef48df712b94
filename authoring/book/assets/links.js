// The address of every part of a page: a control that copies it, and the way to what it names.
"use strict"
{
  const assets = new URL(".", document.currentScript.src)
  const controls = []
  const status = document.createElement("p")
  status.className = "told"
  status.ariaLive = "polite"
  document.querySelector("main").append(status)
  let silence

  function tell(words) {
    status.textContent = words
    clearTimeout(silence)
    silence = setTimeout(() => (status.textContent = ""), 3000)
  }

  // A place on this page as others may be sent it, in the language in which it is read. In English
  // at the address that shows networks the English title and leads on to here (shared_links.py).
  function linkTo(id) {
    const { language } = document.documentElement.dataset
    const address = new URL(location.href)
    address.search = new URLSearchParams({ lang: language })
    const isWhole = document.body.matches(".whole")
    if (language === "en" && location.protocol !== "file:" && !isWhole) {
      const site = new URL("..", assets).pathname
      address.pathname = `${site}en/${address.pathname.slice(site.length)}`
      address.search = ""
    }
    address.hash = id
    return address.href
  }

  async function share(id) {
    const done = await copied(linkTo(id))
    const bar = new URL(location.href)
    bar.hash = id
    history.replaceState(history.state, "", bar)
    tell(
      done
        ? said("Đã sao chép liên kết", "Link copied")
        : said("Không sao chép được, bạn lấy liên kết ở thanh địa chỉ", "Not copied: the link is in the address bar"),
    )
  }

  function control(box) {
    const id = box.id || box.querySelector("[id]:not(a)")?.id
    if (!id) return
    const button = document.createElement("button")
    button.type = "button"
    button.className = "link-button"
    button.addEventListener("click", () => share(id))
    const other = box.querySelector(":scope > .source-button, :scope > .code > .copy")
    if (other) other.before(button)
    else box.append(button)
    controls.push([button, other])
    // With the button beside it this is one stop of the Tab key: a page has hundreds of them.
    for (const [from, to] of other ? [[button, other], [other, button]] : []) {
      from.addEventListener("keydown", (event) => {
        if (!["ArrowLeft", "ArrowRight"].includes(event.key) || !to.checkVisibility()) return
        event.preventDefault()
        event.stopPropagation()
        to.focus()
      })
    }
  }

  function name() {
    const words = said("Sao chép liên kết tới chỗ này", "Copy a link to this place")
    // "EN" is there on a Vietnamese page only. To ask what is shown would lay out the page.
    const isVietnamese = document.documentElement.dataset.language === "vi"
    for (const [button, other] of controls) {
      button.ariaLabel = button.title = words
      if (other && (isVietnamese || other.matches(".copy"))) button.tabIndex = -1
      else button.removeAttribute("tabindex")
    }
  }

  // What is folded is opened. Inside the half that is not shown, its paragraph stands for it; and
  // for a paragraph that is no more, the first one of its cell.
  function arrive() {
    const id = decodeURIComponent(location.hash.slice(1))
    const place = document.getElementById(id)
    const target = place ?? document.getElementById(id.replace(/\.\d+$/, ""))
    if (!target) return
    const folds = []
    for (let fold = target; (fold = fold.parentElement?.closest("details:not([open])")); ) folds.push(fold)
    for (const fold of folds) fold.open = true
    const seen = target.checkVisibility() ? target : target.closest(".pair")
    // Else the browser has scrolled there already, or to where the reader was.
    if (folds.length || seen !== place) seen?.scrollIntoView()
  }

  // A link within the book in the text of a page
  globalThis.referenceAt = ({ target }) => {
    const link = target.closest?.(".notebook a[href]:not(nav a, .ways a, .anchor, .seen)")
    return link?.href.startsWith(new URL("..", assets)) ? link : null
  }

  // The card that shows where one leads comes with the first that is pointed at, focused or touched,
  // and is told what happened last until then.
  const EVENTS = ["pointerover", "focusin", "click"]
  let last, script
  const stop = () => EVENTS.forEach((type) => document.removeEventListener(type, bringCard))
  function bringCard(event) {
    last = event
    if (!referenceAt(event)) return
    if (event.type === "click" && event.pointerType === "touch") event.preventDefault()
    if (script) return
    script = document.createElement("script")
    script.src = new URL("preview-card.js", assets)
    script.addEventListener("load", () => {
      stop()
      // A click that did what it should must not do so twice.
      if (last.type === "click" && !last.defaultPrevented) return
      last.target.dispatchEvent(new last.constructor(last.type, last))
    })
    script.addEventListener("error", () => {
      stop()
      if (last.type === "click" && last.defaultPrevented) referenceAt(last)?.click()
    })
    document.head.append(script)
  }
  for (const type of EVENTS) document.addEventListener(type, bringCard)

  // After languages.js has made its buttons
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".notebook > :is(.pair, .block, .cell, .practice)").forEach(control)
    name()
    arrive()
  })
  document.addEventListener("pagelanguage", name)
  addEventListener("hashchange", arrive)
  document.addEventListener("click", ({ target }) => {
    const anchor = target.closest(".anchor")
    if (anchor) share(decodeURIComponent(anchor.hash.slice(1)))
  })
}
