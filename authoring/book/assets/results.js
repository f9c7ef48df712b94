// Results that follow a question: folded until they are asked for, where the reader wants it so.
"use strict"
{
  const root = document.documentElement
  let folds = memory.get("results") === "folded"
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
    memory.set("results", root.dataset.results)
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
