// Tells that a new version of the book waits, complete, and opens it when the reader says so.
let notice

export function tell(registration) {
  if (notice) return
  notice = document.createElement("div")
  notice.className = "new-version"
  const words = document.createElement("p")
  words.role = "status"
  const button = document.createElement("button")
  button.type = "button"
  // Every open page is opened anew then, see offline.js.
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
