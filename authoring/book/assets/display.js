// Before the page is drawn: how the reader wants it, where they ever said so.
"use strict"
for (const name of ["theme", "text", "width", "folds"]) {
  const chosen = memory.get(name)
  if (chosen) document.documentElement.dataset[name] = chosen
}
