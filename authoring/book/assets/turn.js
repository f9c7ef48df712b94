// The keys ← and → turn pages, where nothing else on the page needs them.
"use strict"
{
  // What is typed in or chosen with arrow keys, what has focus because it scrolls, and the bar's
  // buttons: what they open may still be on its way.
  const owners = "input, textarea, select, audio, video, [contenteditable], [tabindex='0'], header button"
  // What lies over the page, wherever the focus is.
  const opened = "dialog[open], :popover-open, .preview:not(:empty)"

  const page = document.documentElement

  addEventListener("keydown", (event) => {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key]
    if (!rel || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (event.target.closest?.(owners) || document.querySelector(opened) || !getSelection().isCollapsed) return
    // On a wide screen the whole page may scroll sideways, when it is enlarged.
    if (page.scrollWidth > page.clientWidth) return
    document.querySelector(`.turn [rel="${rel}"]`)?.click()
  })
}
