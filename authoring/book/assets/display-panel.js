// The panel in which a reader says how pages look; book.js brings it when it is first asked for.
"use strict"
{
  const root = document.documentElement
  // Of each choice: its name, what holds until something is chosen, and what can be chosen.
  const CHOICES = {
    theme: [["Nền trang", "Theme"], "system", {
      system: ["Theo máy", "System"],
      light: ["Sáng", "Light"],
      dark: ["Tối", "Dark"],
    }],
    text: [["Cỡ chữ", "Text size"], "normal", {
      small: ["Nhỏ", "Small"],
      normal: ["Vừa", "Normal"],
      large: ["Lớn", "Large"],
      largest: ["Rất lớn", "Largest"],
    }],
    width: [["Độ dài dòng", "Line length"], "normal", {
      narrow: ["Hẹp", "Narrow"],
      normal: ["Vừa", "Normal"],
      wide: ["Rộng", "Wide"],
    }],
    folds: [["Khi in, phần gấp lại", "Folded parts, on paper"], "shown", {
      shown: ["In ra", "Printed"],
      hidden: ["Bỏ qua", "Left out"],
    }],
  }

  const both = ([vietnamese, english]) =>
    `<span class="vi">${vietnamese}</span><span class="en" lang="en">${english}</span>`

  const panel = document.createElement("div")
  panel.id = "display"
  panel.popover = "auto"
  panel.innerHTML = Object.entries(CHOICES)
    .map(([choice, [name, usual, values]]) => {
      const chosen = root.dataset[choice] ?? usual
      const inputs = Object.entries(values).map(
        ([value, words]) =>
          `<label><input type="radio" name="${choice}" value="${value}"${value === chosen ? " checked" : ""}>${both(words)}</label>`,
      )
      return `<fieldset><legend>${both(name)}</legend>${inputs.join("")}</fieldset>`
    })
    .join("")
  panel.addEventListener("change", ({ target: { name, value } }) => {
    keepingPlace(() => (root.dataset[name] = value))
    memory.set(name, value)
  })

  const button = document.querySelector(".display-button")
  button.after(panel)
  button.popoverTargetElement = panel
  // Where the focus goes as the panel opens: the event "toggle" would come after the next key.
  panel.addEventListener("beforetoggle", () => {
    for (const input of panel.querySelectorAll("input")) input.autofocus = input.checked
  })
  panel.showPopover({ source: button })
}
