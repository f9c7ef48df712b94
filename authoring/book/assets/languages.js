// The language of a page: from its address, else as last chosen. Runs before the page is drawn.
"use strict"
{
  const root = document.documentElement
  const known = ["vi", "en", "both"]

  // What a script says, in the language of the page; "pagelanguage" tells of another choice.
  globalThis.said = (vietnamese, english) => (root.dataset.language === "en" ? english : vietnamese)

  function choose(language) {
    root.dataset.language = language
    translate()
    memory.set("language", language)
    const address = new URL(location.href)
    if (language === "vi") address.searchParams.delete("lang")
    else address.searchParams.set("lang", language)
    if (address.href !== location.href) history.replaceState(history.state, "", address)
    document.dispatchEvent(new Event("pagelanguage"))
  }

  // What an attribute says, or a title: in English it stands beside it, in data-en.
  const attributes = ["aria-label", "title", "alt", "content", "href"]
  function translate() {
    const english = root.dataset.language === "en"
    root.lang = english ? "en" : "vi"
    for (const element of document.querySelectorAll(english ? "[data-en]" : "[data-vi]")) {
      const name = attributes.find((attribute) => element.hasAttribute(attribute))
      element.dataset.vi ??= name ? element.getAttribute(name) : element.textContent
      const words = english ? element.dataset.en : element.dataset.vi
      if (name) element.setAttribute(name, words)
      else element.textContent = words
    }
  }

  const asked = [new URLSearchParams(location.search).get("lang"), memory.get("language"), "vi"]
  choose(asked.find((language) => known.includes(language)))

  // Keeps what is being read in its place while the page around it changes.
  function keepingPlace(change) {
    const seen = [...document.querySelectorAll(".notebook > :not(.contents)")].find(
      (part) => part.getBoundingClientRect().bottom > 80,
    )
    const before = seen?.getBoundingClientRect().top
    change()
    if (seen && scrollY > 0) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" })
  }

  globalThis.keepingPlace = keepingPlace

  function toggle(pair, button) {
    const open = pair.classList.toggle("open")
    button.setAttribute("aria-expanded", open)
  }

  addEventListener("DOMContentLoaded", () => {
    const panel = document.getElementById("language")
    for (const input of panel.querySelectorAll("input")) {
      input.checked = input.value === root.dataset.language
      input.addEventListener("change", () => keepingPlace(() => choose(input.value)))
    }
    // Where it is a panel, a choice closes it. With the arrow keys one is still choosing.
    function close() {
      if (!panel.matches(":popover-open")) return
      panel.hidePopover()
      document.querySelector(".language-button").focus()
    }
    panel.addEventListener("click", (event) => event.detail && close())
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      // Else the key would press the button that has the focus then.
      event.preventDefault()
      close()
    })
    for (const pair of document.querySelectorAll(".pair:not(:has(> figure))")) {
      const button = document.createElement("button")
      button.type = "button"
      button.className = "source-button"
      button.textContent = "EN"
      button.title = "Đoạn này bằng tiếng Anh"
      button.setAttribute("aria-label", "EN: đoạn này bằng tiếng Anh")
      button.setAttribute("aria-expanded", false)
      button.addEventListener("click", () => toggle(pair, button))
      pair.firstElementChild.after(button)
    }
    // What came after this script, and what others have made.
    translate()
  })
}
