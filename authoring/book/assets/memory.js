// What the reader chose, on this device alone. Without storage (a private window, some browsers on
// file://) a choice holds for its page.
"use strict"
globalThis.memory = {
  get(name) {
    try {
      return localStorage.getItem(name)
    } catch {
      return null
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, value)
    } catch {
      // Not remembered, then.
    }
  },
}
