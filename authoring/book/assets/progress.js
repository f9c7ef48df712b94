// How far the reader is: which pages were read, which questions answered, on this device alone.
"use strict"
{
  const menu = document.querySelector("#menu ol")
  // Nobody reads the glossary from beginning to end.
  const links = [...menu.querySelectorAll('a:not([href$="glossary.html"])')]
  const told = document.createElement("p")
  const words = document.createElement("span")
  const forget = document.createElement("button")
  told.className = "read-pages"
  told.append(words, " ", forget)
  forget.type = "button"
  forget.addEventListener("click", () => remember([]))
  menu.after(told)

  const name = (link) => link.pathname.split("/").at(-1)
  const known = () => (memory.get("read") ?? "").split(" ")

  function remember(names) {
    memory.set("read", names.join(" ").trim())
    show()
  }

  function show() {
    const names = known()
    const read = links.filter((link) => names.includes(name(link)))
    for (const link of links) link.querySelector(".read")?.remove()
    for (const link of read) {
      const mark = document.createElement("span")
      mark.className = "read"
      mark.role = "img"
      mark.ariaLabel = said("đã đọc", "read")
      mark.textContent = "✓"
      link.append(" ", mark)
    }
    told.hidden = !read.length
    const share = `${read.length}/${links.length}`
    words.textContent = said(`Đã đọc ${share} trang`, `Read: ${share} pages`)
    forget.textContent = said("Xóa dấu ✓", "Clear ✓")
  }
  document.addEventListener("pagelanguage", show)
  show()

  // A page counts as read when its end was reached and scrolling had come to rest in half of its
  // parts before: a jump to the end is no reading. The page of all pages is not one of them.
  const here = links.find((link) => link.ariaCurrent)
  const parts = [...document.querySelectorAll("article h2")]
  const end = document.querySelector("footer")
  const seen = new Set()
  const top = (element) => element.getBoundingClientRect().top
  let rest
  function pause() {
    clearTimeout(rest)
    rest = setTimeout(look, 200)
  }
  function look() {
    seen.add(parts.findLast((part) => top(part) < innerHeight))
    if (top(end) > innerHeight || seen.size < parts.length / 2) return
    removeEventListener("scroll", pause)
    remember([...new Set([...known(), name(here)])])
  }
  if (here) addEventListener("scroll", pause, { passive: true })

  // Until questions come near, a page doesn't pay for their script.
  const script = new URL("quiz.js", document.currentScript.src)
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      near.disconnect()
      document.head.append(Object.assign(document.createElement("script"), { src: script }))
    },
    { rootMargin: "200%" },
  )
  for (const quiz of document.querySelectorAll(".quiz")) near.observe(quiz)
}
