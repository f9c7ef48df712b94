// Questions that are answered in the page. Comes when a quiz is near (see progress.js).
"use strict"
for (const quiz of document.querySelectorAll(".quiz")) {
  const key = `answers-${quiz.dataset.quiz}`
  const given = [...(memory.get(key) ?? "")] // the letter of each answer, "-" where there is none
  const score = make("p", "score")
  const again = make("button", "", words("Làm lại", "Start again"))
  const questions = [...quiz.querySelectorAll("fieldset")].map((fieldset, number) => {
    const choices = [...fieldset.querySelectorAll(":scope > ol > li")]
    const reasons = [...fieldset.querySelectorAll("details li")]
    const verdict = make("p", "verdict")
    const inputs = choices.map((choice, n) => {
      const text = make("span", "", ...choice.childNodes)
      const input = make("input")
      input.type = "radio"
      input.name = `${key}-${number}`
      input.addEventListener("change", () => {
        given[number] = "abcd"[n]
        show()
        memory.set(key, Array.from(questions, (_, n) => given[n] ?? "-").join(""))
      })
      choice.append(make("label", "", input, text))
      return input
    })

    // Arrows only lead to a choice, and Space takes it: else one would answer on the way.
    fieldset.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
      const at = inputs.indexOf(event.target)
      if (!step || at < 0) return
      event.preventDefault()
      inputs.at((at + step) % inputs.length).focus()
    })

    // Shows what was answered, and returns whether it is right; null where nothing was.
    function judge() {
      const answer = "abcd".indexOf(given[number] || "-")
      const right = reasons[answer] ? Boolean(reasons[answer].querySelector("b")) : null
      for (const [n, choice] of choices.entries()) {
        inputs[n].checked = n === answer
        choice.className = n !== answer ? "" : right ? "right" : "wrong"
      }
      if (verdict.dataset.answer === String(answer)) return right
      verdict.dataset.answer = answer
      const told = [...(reasons[answer]?.cloneNode(true).childNodes ?? [])]
      if (told.length && !right) told.unshift(make("b", "", words("Chưa đúng.", "Not quite.")), " ")
      verdict.replaceChildren(...told)
      return right
    }
    return { fieldset, inputs, verdict, judge }
  })

  function show() {
    const judged = questions.map(({ judge }) => judge()).filter((right) => right !== null)
    const right = judged.filter(Boolean).length
    const all = judged.length
    const [ours, theirs] = all < questions.length ? [" đã trả lời", " so far"] : ["", ""]
    score.replaceChildren(
      ...(all ? [words(`Đúng ${right}/${all} câu${ours}.`, `${right} of ${all} right${theirs}.`)] : []),
    )
    again.hidden = !all
  }

  again.type = "button"
  again.addEventListener("click", () => {
    given.length = 0
    show()
    memory.set(key, "")
    questions[0].inputs[0].focus()
  })
  show()
  for (const { fieldset, verdict } of questions) fieldset.querySelector("ol").after(verdict)
  quiz.after(make("div", "quiz-end", score, again))
  // What is there already isn't read aloud; from now on each change is.
  for (const part of [score, ...questions.map(({ verdict }) => verdict)]) part.ariaLive = "polite"

  function make(name, className = "", ...content) {
    const element = document.createElement(name)
    element.className = className
    element.append(...content)
    return element
  }

  function words(vietnamese, english) {
    const both = document.createDocumentFragment()
    const theirs = make("span", "en", english)
    theirs.lang = "en"
    both.append(make("span", "vi", vietnamese), " ", theirs)
    return both
  }
}
