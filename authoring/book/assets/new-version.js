// Tells that a new version of the book waits, complete, and opens it when the reader says so.
let notice

// Not in book.css, which every page pays for.
const STYLE = `
  position: fixed; inset: auto 1rem 1rem; width: fit-content; margin: auto; padding: 0.5rem 0.5rem 0.5rem 1rem;
  display: flex; align-items: center; gap: 0.8rem; font: 0.84rem/1.4 var(--sans); background: var(--paper);
  border: 1px solid var(--accent); border-radius: 0.6rem; box-shadow: 0 0.4rem 1.6rem rgb(0 0 0 / 18%);
`

export function tell(registration) {
  if (notice) return
  notice = document.createElement("div")
  notice.className = "new-version"
  notice.style.cssText = STYLE
  // Above the button that search.js puts there.
  if (document.querySelector(".unmark")) notice.style.bottom = "4.5rem"
  const words = document.createElement("span")
  words.role = "status"
  const button = document.createElement("button")
  button.type = "button"
  // All open pages are opened anew then, see offline.js.
  button.addEventListener("click", () => registration.waiting.postMessage("take over"))
  notice.append(words, button)
  document.querySelector("header").append(notice)

  function say() {
    notice.lang = said("vi", "en")
    words.textContent = said("Sách có bản mới.", "The book has a new version.")
    button.textContent = said("Đọc bản mới", "Read it")
  }
  document.addEventListener("pagelanguage", say)
  // Only what changes in a status is read out.
  setTimeout(say)
}
