// Results that follow a question: folded until they are asked for, where the reader wants it so.
"use strict"
{
  const root = document.documentElement
  let folds = false
  try {
    folds = localStorage.getItem("results") === "folded"
  } catch {
    // No storage: the choice holds for this page alone.
  }
  // Keeps them from being seen before they are folded (see learning.css).
  if (folds) root.dataset.results = "coming"

  function fold() {
    root.dataset.results = folds ? "folded" : "shown"
    for (const input of document.querySelectorAll(".results-switch input")) input.checked = folds
    for (const result of document.querySelectorAll(".result")) result.open = !folds
  }

  function choose(event) {
    folds = event.target.checked
    fold()
    try {
      localStorage.setItem("results", root.dataset.results)
    } catch {
      // See above.
    }
  }

  // Before search.js, which opens the fold that holds what was found.
  document.addEventListener(
    "readystatechange",
    () => {
      for (const label of document.querySelectorAll(".results-switch")) {
        label.hidden = false
        label.addEventListener("change", choose)
      }
      fold()
    },
    { once: true },
  )
}
