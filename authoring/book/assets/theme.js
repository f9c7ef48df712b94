// Before the page is drawn: the theme that the reader chose, if any; else the system's.
"use strict"
{
  const chosen = memory.get("theme")
  if (chosen) document.documentElement.dataset.theme = chosen
}
