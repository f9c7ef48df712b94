// Puts text on the clipboard; true if it worked.
"use strict"
globalThis.copied = async (text) => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Plain http has no clipboard, but may copy what is selected.
    const before = document.activeElement
    const box = document.createElement("textarea")
    box.value = text
    box.readOnly = true // or a phone would bring up its keyboard
    box.style.cssText = "position: fixed; top: 0; opacity: 0"
    document.body.append(box)
    box.select()
    const done = document.execCommand("copy")
    box.remove()
    before?.focus({ preventScroll: true })
    return done
  }
}
