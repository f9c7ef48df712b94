// On paper nothing scrolls: what is wider than its place becomes as small as it must, or Chromium
// would shrink the whole book and cut what sticks out even then.
"use strict"
addEventListener("load", () => {
  for (const box of [...document.querySelectorAll("main :not(.katex, .katex *)")].reverse()) {
    const wide = box.scrollWidth / box.clientWidth
    if (box.clientWidth && wide > 1) box.style.zoom = 1 / wide
  }
})
