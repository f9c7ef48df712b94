// The language of a page: from its address, else as last chosen. Runs before the page is drawn.
"use strict"
{
  const root = document.documentElement
  const known = ["vi", "en", "both"]

  // What a script says, in the language of the page; "pagelanguage" tells of another choice.
  globalThis.said = (vietnamese, english) => (root.dataset.language === "en" ? english : vietnamese)

  function choose(language) {
    root.dataset.language = language
    memory.set("language", language)
    const address = new URL(location.href)
    if (language === "vi") address.searchParams.delete("lang")
    else address.searchParams.set("lang", language)
    if (address.href !== location.href) history.replaceState(history.state, "", address)
    document.dispatchEvent(new Event("pagelanguage"))
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
    for (const input of document.querySelectorAll("#language input")) {
      input.checked = input.value === root.dataset.language
      input.addEventListener("change", () => keepingPlace(() => choose(input.value)))
    }
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
  })
}
