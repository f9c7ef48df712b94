// The keys ← and → turn pages, where nothing else on the page needs them.
"use strict"
{
  // What is typed in, chosen or opened with arrow keys, and what has focus because it scrolls.
  const owners = "input, textarea, select, audio, video, [contenteditable], [tabindex='0'], dialog, [popover]:popover-open"

  const page = document.documentElement

  addEventListener("keydown", (event) => {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key]
    if (!rel || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (event.target.closest?.(owners) || document.querySelector("dialog[open]") || !getSelection().isCollapsed) return
    // On a wide screen the whole page may scroll sideways, when it is enlarged.
    if (page.scrollWidth > page.clientWidth) return
    document.querySelector(`.turn [rel="${rel}"]`)?.click()
  })
}
