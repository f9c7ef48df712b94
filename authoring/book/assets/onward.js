// From what an English reader shared of a page to the page itself, at the place that was meant.
"use strict"
location.replace(document.querySelector("h1 a").href + location.hash)
