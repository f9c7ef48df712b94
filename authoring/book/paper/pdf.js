// On paper nothing scrolls: a table or a formula wider than the page becomes as small as it must.
"use strict"
addEventListener("load", () => {
  for (const box of document.querySelectorAll(".scroll, .formula")) {
    const wide = box.scrollWidth / box.clientWidth
    if (wide > 1) box.style.zoom = 1 / wide
  }
})
