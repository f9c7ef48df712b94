// Definitions by touch, and away with them by Escape. Hover and focus need no script.
"use strict"
{
  let tapped = null

  function show(term) {
    tapped?.classList.remove("tapped")
    tapped = term
    tapped?.classList.add("tapped")
  }

  // The first touch shows the definition, the second one follows the link to the glossary.
  document.addEventListener("click", (event) => {
    const term = event.target.closest(".term")
    if (term && event.pointerType === "touch" && term !== tapped) {
      event.preventDefault()
      show(term)
    } else if (!term) show(null)
  })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    show(null)
    for (const term of document.querySelectorAll(".term:is(:hover, :focus)")) {
      term.classList.add("dismissed")
      for (const leaving of ["pointerleave", "blur"]) {
        term.addEventListener(leaving, () => term.classList.remove("dismissed"), { once: true })
      }
    }
  })
}
