// Search in the whole book; and on the page that a result leads to, the found words marked. Comes
// when it is asked for (see search-opener.js).
"use strict"

{
  const assets = new URL(".", document.currentScript.src)
  const WORD = /[\p{L}\p{M}\p{N}_]+/gu
  const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g
  const SHOWN = 20
  // Words named in place of one that the book does not have.
  const NEAR = 4

  // A word as it is spelled. Its tone stands first, so that "hóa" and "hoá" are one word and the
  // beginning of a word keeps the tone of the whole.
  function spelled(word) {
    const letters = word.toLowerCase().normalize("NFD")
    return (letters.match(TONES) ?? []).join("") + letters.replace(TONES, "").normalize("NFC")
  }

  // What remains when it is typed without marks, told apart from a word that never had any.
  function bare(word) {
    return "~" + word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d")
  }

  function isMarked(word) {
    return "~" + spelled(word) !== bare(word)
  }

  // Everything that finds a word: for an identifier, also each of the words it is made of.
  const known = new Map()
  function termsOf(word) {
    if (!known.has(word)) {
      const parts = word.split(/_+|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
      known.set(word, [...new Set([word, ...parts.filter(Boolean)].flatMap((w) => [spelled(w), bare(w)]))])
    }
    return known.get(word)
  }

  function tokensOf(text) {
    return Array.from(text.matchAll(WORD), (match) => ({
      start: match.index,
      end: match.index + match[0].length,
      terms: termsOf(match[0]),
    }))
  }

  // With a mark anywhere in the question, every word means what it spells; with none, any marks do.
  function meanings(words, exists) {
    const marked = words.some(isMarked)
    return words.map((word) =>
      marked && (isMarked(word) || exists(spelled(word))) ? spelled(word) : bare(word)
    )
  }

  // Where the words stand one after the other, each found by its test; -1 if nowhere.
  function run(tokens, words) {
    const last = tokens.length - words.length
    for (let i = 0; i <= last; i++) if (words.every((word, n) => word(tokens[i + n]))) return i
    return -1
  }

  // Whether so many words from a place on are all of a title, its number and its other name aside.
  function isTitle({ title, tokens }, place, count) {
    if (place < 0) return false
    const [{ start }, { end }] = [tokens.title[place], tokens.title[place + count - 1]]
    return /^[\d. ]*$/.test(title.slice(0, start)) && /^( \(.*)?$/.test(title.slice(end))
  }

  // Whether a token has a term that passes. Tokens of one spelling share their terms: asked once.
  function testOf(passes) {
    const asked = new Map()
    return ({ terms }) => {
      if (!asked.has(terms)) asked.set(terms, terms.some(passes))
      return asked.get(terms)
    }
  }

  let index, sections, terms, names, language

  // A name made of several words has more terms than a word and its bare form.
  const isName = (terms) => terms.length > 2
  const joined = ([whole]) => whole.replaceAll("_", "")

  // Of the text in the page's language.
  function buildIndex() {
    language = document.documentElement.lang
    neighbours.clear()
    let page = ""
    const english = language === "en"
    sections = bookSections.map(([path, anchor, level, vietnameseTitle, englishTitle, pieces], id) => {
      const title = english ? englishTitle : vietnameseTitle
      const shown = pieces.map((piece) => (typeof piece === "string" ? piece : piece[Number(english)]))
      // What code and its results say is shared by the languages.
      const [code, prose] = [true, false].map((shared) =>
        shown.filter((_, n) => (typeof pieces[n] === "string") === shared).join(" ")
      )
      const text = shown.join("").replace(/ +/g, " ").trim()
      if (level === 1) page = title
      return { id, path, anchor, level, title, text, code, prose, page, tokens: { title: tokensOf(title), text: tokensOf(text) } }
    })
    names = new Set([...known.values()].filter(isName).map(joined))
    terms = new Set(sections.flatMap(({ tokens }) => [...tokens.title, ...tokens.text].flatMap((token) => token.terms)))
    index = new MiniSearch({
      fields: ["title", "text"],
      tokenize: (text) => text.match(WORD) ?? [],
      processTerm: termsOf,
      // Questions arrive as terms already.
      // Sections stand before the short ones below them, an exercise say, in which a word weighs more.
      searchOptions: {
        tokenize: (term) => [term],
        processTerm: (term) => term,
        boost: { title: 4 },
        boostDocument: (id) => (sections[id].level < 3 ? 1.4 : 1),
      },
    })
    index.addAll(sections)
  }

  // Two neighbouring letters in the wrong order: the commonest slip of the fingers.
  function swapped(term) {
    const others = Array.from(
      term,
      (letter, i) => term.slice(0, i) + (term[i + 1] ?? "") + letter + term.slice(i + 2)
    )
    return others.filter((other) => other !== term && terms.has(other))
  }

  // A word of the question as MiniSearch takes it; `guessed` when it stands for others like it.
  function queryFor(term, growing) {
    if (growing && term.length > 2) {
      // A word that is whole already counts more than its continuations (MiniSearch sees to it).
      for (const other of terms) if (other.startsWith(term)) return { queries: [term], prefix: true }
    }
    if (terms.has(term)) return { queries: [term] }
    if (!term.startsWith("~")) return { ...queryFor(bare(term), growing), guessed: true }
    const swaps = swapped(term)
    if (swaps.length) return { queries: swaps, guessed: true }
    const fuzzy = term.length < 4 ? false : term.length < 9 ? 1 : 2
    return { queries: [term], fuzzy, guessed: true }
  }

  // For each word of the question, what tells by which tokens of a section it was found.
  function testsOf(queries) {
    const exact = queries.map(({ queries: [first] }) => first)
    const tests = queries.map(({ queries: all, prefix }, n) => ({
      whole: testOf((term) => term === exact[n]),
      like: testOf(prefix ? (term) => term.startsWith(exact[n]) : (term) => all.includes(term)),
    }))
    return (hit) => queries.map(({ fuzzy }, n) => {
      if (hit.terms.includes(exact[n])) return tests[n].whole
      if (!fuzzy) return tests[n].like
      const others = hit.terms.filter((term) => !exact.includes(term))
      return testOf((term) => others.includes(term))
    })
  }

  // A name of the library is taught where the page that says most of it first tells of it in words
  // and shows it in code, or first has it at all.
  function teaching(name, hits) {
    const has = (tokens) => tokens.some(({ terms }) => isName(terms) && joined(terms) === name)
    const weights = new Map()
    for (const { section: { path, tokens }, score } of hits) {
      if (has(tokens.title) || has(tokens.text)) weights.set(path, (weights.get(path) ?? 0) + score)
    }
    const [page] = [...weights].reduce((most, other) => (other[1] > most[1] ? other : most), ["", 0])
    const inOrder = hits
      .filter(({ section: { path, level, tokens } }) => path === page && level > 1 && has(tokens.text))
      .sort((a, b) => a.id - b.id)
    const isWhole = ({ section: { code, prose } }) => has(tokensOf(code)) && has(tokensOf(prose))
    return inOrder.find(isWhole) ?? inOrder[0]
  }

  // The words that were found in place of the nth one of the question, the commonest first. Names
  // of the library only where there are no others.
  function nearest(hits, n) {
    const [plain, named] = [new Map(), new Map()]
    for (const { section: { title, text, tokens }, words } of hits.slice(0, SHOWN)) {
      for (const [said, found] of [[title, tokens.title], [text, tokens.text]]) {
        for (const token of found) {
          if (!words[n](token)) continue
          const word = said.slice(token.start, token.end).toLowerCase()
          const counts = isName(token.terms) ? named : plain
          counts.set(word, (counts.get(word) ?? 0) + 1)
        }
      }
    }
    return [...(plain.size ? plain : named)].sort((a, b) => b[1] - a[1]).slice(0, NEAR).map(([word]) => word)
  }

  // Gives each hit its section, and what tells by which tokens of it the words were found.
  function complete(hits, queries) {
    const tests = testsOf(queries)
    for (const hit of hits) {
      hit.section = sections[hit.id]
      hit.words = tests(hit)
    }
    return hits
  }

  // The words near one of several guesses: a hit of all does not tell which one found what. While
  // the next word is typed, this one's stay.
  const neighbours = new Map()
  function near(query) {
    const key = JSON.stringify(query)
    if (!neighbours.has(key)) {
      neighbours.set(key, nearest(complete(index.search({ queries: [query] }), [query]), 0))
    }
    return neighbours.get(key)
  }

  function search(question) {
    const text = question.normalize("NFC")
    const words = text.match(WORD) ?? []
    const growing = /[\p{L}\p{M}\p{N}_]$/u.test(text) ? words.length - 1 : -1
    const queries = meanings(words, (term) => terms.has(term)).map((term, i) => queryFor(term, i === growing))
    let hits = index.search({ combineWith: "AND", queries })
    const partial = !hits.length && words.length > 1
    if (partial) hits = index.search({ combineWith: "OR", queries })
    complete(hits, queries)
    // Words in quotation marks stand together, in this order.
    let first = 0
    for (const [n, piece] of text.split(/["“”]/).entries()) {
      const [start, count] = [first, piece.match(WORD)?.length ?? 0]
      first += count
      if (n % 2 === 0 || !count) continue
      hits = hits.filter(({ section: { tokens }, words }) => {
        const phrase = words.slice(start, start + count)
        return run(tokens.title, phrase) >= 0 || run(tokens.text, phrase) >= 0
      })
    }
    // Others are read as a phrase first: most Vietnamese words have several syllables. And what is
    // called just so comes before all that is only called more or less so.
    if (!partial) {
      for (const hit of hits) {
        const { title, text } = hit.section.tokens
        const place = run(title, hit.words)
        if (isTitle(hit.section, place, words.length)) hit.score *= 100
        else if (words.length === 1) continue
        else if (place >= 0) hit.score *= 10
        else if (run(text, hit.words) >= 0) hit.score *= 5
      }
      hits.sort((a, b) => b.score - a.score)
    }
    const name = words.map(spelled).join("").replaceAll("_", "")
    const taught = names.has(name) && teaching(name, hits)
    if (taught) hits = [taught, ...hits.filter((hit) => hit !== taught)]
    const guesses = []
    const isOnly = queries.filter(({ guessed }) => guessed).length === 1
    for (const [n, query] of queries.entries()) {
      if (!query.guessed) continue
      const found = isOnly ? nearest(hits, n) : near(query)
      // Words that are only remotely like it make no hit, but they may be named.
      guesses.push([words[n], found.length ? found : near({ ...query, fuzzy: 0.4 })])
    }
    return { hits, partial, near: guesses.filter(([, others]) => others.length), folded: !words.some(isMarked) }
  }

  // The stretch of text where most of the words meet, a run of them before all others.
  function excerpt({ section: { text, tokens }, words }, marked) {
    const whole = words.length > 1 ? run(tokens.text, words) : -1
    let best = tokens.text[whole] ?? marked[0]
    if (whole < 0 && words.length > 1) {
      let most = 0
      for (const [n, { start }] of marked.entries()) {
        const near = new Set()
        for (let m = n; marked[m]?.start < start + 160; m++) near.add(marked[m].terms[0])
        if (near.size > most) [most, best] = [near.size, marked[n]]
      }
    }
    const from = best ? tokens.text.find((token) => token.start >= best.start - 70).start : 0
    const to = tokens.text.findLast((token) => token.end <= from + 240)?.end ?? 0
    return [from < 3 ? 0 : from, text.length - to < 3 ? text.length : to]
  }

  function withMarks(parent, text, marked, from = 0, to = text.length) {
    let position = from
    for (const { start, end } of marked) {
      if (start < from || end > to) continue
      const mark = document.createElement("mark")
      mark.textContent = text.slice(start, end)
      parent.append(text.slice(position, start), mark)
      position = end
    }
    parent.append(text.slice(position, to))
  }

  const { dialog, input, status, list } = searchBox
  const help = () =>
    said(
      "Gõ có dấu thì tìm đúng dấu, gõ không dấu thì tìm mọi dấu. Muốn tìm nguyên “một cụm từ” thì đặt trong ngoặc kép. ",
      "A “phrase” stands in quotation marks. ",
    ) +
    (matchMedia("(hover: none)").matches
      ? ""
      : said("Phím ↓ ↑ để chọn, Enter để mở, Esc để đóng.", "Keys ↓ ↑ to choose, Enter to open, Esc to close."))

  function item(hit, folded) {
    const { section, words } = hit
    const isFound = (token) => words.some((word) => word(token))
    const [inTitle, inText] = [section.tokens.title.filter(isFound), section.tokens.text.filter(isFound)]
    const found = [
      ...inTitle.map(({ start, end }) => section.title.slice(start, end)),
      ...inText.map(({ start, end }) => section.text.slice(start, end)),
    ].map((word) => (folded ? bare(word).slice(1) : word.toLowerCase()))
    const address = new URL(`../${section.path}`, assets)
    address.search = location.search
    address.searchParams.set("tim", [...new Set(found)].slice(0, 12).join(" "))
    address.hash = section.anchor
    const link = document.createElement("a")
    link.href = address
    if (section.level > 1) {
      const page = document.createElement("small")
      page.textContent = section.page
      link.append(page)
    }
    const title = document.createElement("strong")
    withMarks(title, section.title, inTitle)
    const text = document.createElement("span")
    const [from, to] = excerpt(hit, inText)
    if (from) text.append("… ")
    withMarks(text, section.text, inText, from, to)
    if (to < section.text.length) text.append(" …")
    link.append(title, text)
    const li = document.createElement("li")
    li.append(link)
    return li
  }

  function show() {
    if (!input.value.normalize("NFC").match(WORD)) {
      status.textContent = help()
      list.replaceChildren()
      return
    }
    if (language !== document.documentElement.lang) buildIndex()
    const { hits, partial, near, folded } = search(input.value)
    const count = hits.length
    list.replaceChildren(...hits.slice(0, SHOWN).map((hit) => item(hit, folded)))
    // Not now: the results would be laid out once more than needed.
    requestAnimationFrame(() => (list.scrollTop = 0))
    status.textContent =
      (count
        ? said(`${count} mục`, count === 1 ? "1 section" : `${count} sections`)
        : near.length
          ? said("Không tìm thấy mục nào", "Nothing found")
          : said("Không tìm thấy mục nào. Bạn thử từ khác, hoặc gõ không dấu.", "Nothing found. Try other words.")) +
      (count > SHOWN ? said(`; dưới đây là ${SHOWN} mục khớp nhất`, `, the best ${SHOWN} are here`) : "") +
      (count && partial ? said(", nhưng không mục nào có đủ mọi từ", ", but none has every word") : "")
    for (const [n, [word, others]] of near.entries()) {
      status.append(n ? document.createElement("br") : ". ")
      status.append(said(`Không có “${word}”, gần giống: `, `There is no “${word}”, there is: `))
      status.append(...others.flatMap((other) => [instead(word, other), " "]))
    }
  }

  // Looks for another word in place of one that the book does not have.
  function instead(word, other) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = other
    button.addEventListener("click", () => {
      input.value = input.value.normalize("NFC").replace(word, other)
      input.focus()
      show()
    })
    return button
  }

  // What comes with this script may still be on its way; then search-opener.js shows what was typed.
  input.addEventListener("input", () => globalThis.MiniSearch && globalThis.bookSections && show())
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    const stops = [input, ...list.querySelectorAll("a")]
    const next = stops[stops.indexOf(document.activeElement) + step]
    if (next) {
      event.preventDefault()
      next.focus()
    }
  })
  searchBox.show = show

  // The page that a result leads to
  const led = searchBox.led
  if (led && window.CSS?.highlights) {
    markFound(led.match(WORD) ?? [])
  }

  function markFound(words) {
    const pieces = []
    // In the two languages side by side, what was looked for is Vietnamese.
    const hidden = document.documentElement.lang === "en" ? ".vi, .pair > :not(.en)" : ".en"
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      if (!node.parentElement.closest(".katex, .contents, .preview, .ways, button, .result > summary") && !node.parentElement.closest(hidden)) pieces.push([node, tokensOf(node.data)])
    }
    const present = new Set(pieces.flatMap(([, tokens]) => tokens.flatMap((token) => token.terms)))
    const wanted = new Set(meanings(words, (term) => present.has(term)))
    const ranges = []
    for (const [node, tokens] of pieces) {
      for (const { start, end, terms } of tokens) {
        if (terms.some((term) => wanted.has(term))) ranges.push(new StaticRange({
          startContainer: node, startOffset: start, endContainer: node, endOffset: end,
        }))
      }
    }
    if (!ranges.length) return
    CSS.highlights.set("found", new Highlight(...ranges))
    const stop = document.createElement("button")
    stop.type = "button"
    stop.className = "unmark"
    stop.textContent = said("Bỏ tô các từ tìm thấy", "Unmark the words found")
    stop.addEventListener("click", () => {
      CSS.highlights.delete("found")
      stop.remove()
    })
    document.querySelector("main").append(stop)
    unfold(ranges)
  }

  // Where the section shows none of the words, the first fold in it that has one is opened.
  function unfold(ranges) {
    const start = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (!start) return
    const headings = [...document.querySelectorAll("main :is(h1, h2, h3)")]
    const end = headings[headings.indexOf(start) + 1]
    const follows = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING
    const folds = ranges
      .map((range) => range.startContainer)
      .filter((node) => (start.contains(node) || follows(start, node)) && !(end && follows(end, node)))
      .map((node) => node.parentElement.closest("details:not([open])"))
    if (folds.length && folds.every(Boolean)) folds[0].open = true
  }
}
