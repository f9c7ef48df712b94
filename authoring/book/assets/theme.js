// Before the page is drawn: the theme that the reader chose, if any; else the system's.
try {
  const chosen = localStorage.getItem("theme")
  if (chosen) document.documentElement.dataset.theme = chosen
} catch {
  // No storage (private window, some browsers on file://): the system's theme it is.
}
