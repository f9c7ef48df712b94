// The search box, there at once; what searches is loaded when it is first opened, or when a page is
// the goal of a search.
"use strict"
{
  const assets = new URL(".", document.currentScript.src)
  const dialog = document.createElement("dialog")
  dialog.className = "search"
  dialog.innerHTML =
    '<form role="search"><input type="search" name="tim" autocomplete="off" spellcheck="false">' +
    '<button type="button"></button></form>' +
    '<p role="status"></p><ol></ol>'
  const [form, status, list] = dialog.children
  const input = form.elements.tim
  const led = new URLSearchParams(location.search).get("tim")?.normalize("NFC")
  globalThis.searchBox = { dialog, input, status, list, led }

  function name() {
    dialog.ariaLabel = said("Tìm trong sách", "Search the book")
    input.ariaLabel = said("Từ cần tìm", "Words to look for")
    input.placeholder = said("khởi tạo trễ", "deferred initialization")
    form.lastChild.textContent = said("Đóng", "Close")
  }
  name()
  document.addEventListener("pagelanguage", name)

  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = new URL(name, assets)
      script.addEventListener("load", resolve)
      script.addEventListener("error", reject)
      document.head.append(script)
    })
  }

  // Each file once; one that did not come is asked for again.
  const loaded = new Map()
  function need(name) {
    if (!loaded.has(name)) loaded.set(name, load(name))
    return loaded.get(name).catch((error) => {
      loaded.delete(name)
      throw error
    })
  }

  function open() {
    if (!dialog.open) dialog.showModal()
    input.select()
    if (!searchBox.show) status.textContent = said("Đang mở…", "Opening…")
    Promise.all(["minisearch.js", "sections.js", "search.js"].map(need)).then(
      () => searchBox.show(),
      () => (status.textContent = said(
        "Không tải được phần tìm kiếm. Bạn thử mở lại.",
        "The search could not be loaded. Please open it again.",
      )),
    )
  }

  form.lastChild.addEventListener("click", () => dialog.close())
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close()
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    list.querySelector("a")?.click()
  })
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    // Else the first one would only empty the box.
    event.preventDefault()
    dialog.close()
  })
  addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")
    const slash = event.key === "/" && !writing && !event.ctrlKey && !event.altKey && !event.metaKey
    if (!slash && !(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) return
    event.preventDefault()
    open()
  })
  const button = document.querySelector(".search-button")
  button.hidden = false
  button.addEventListener("click", open)
  document.body.append(dialog)

  if (led) {
    input.value = led
    need("search.js")
  }
}
