// The article: set to be read, with the words that an answer cites marked in it.

const shown = { article: null, spans: [], units: null, owner: null, wanted: null };
const loadedArticles = new Map(); // by id
const LAID_OUT = 40; // blocks before the words that are looked for

async function fetchArticle(id) {
  if (!loadedArticles.has(id)) loadedArticles.set(id, await call("article", { id }));
  return loadedArticles.get(id);
}

const titleOf = (id) => (loadedArticles.get(id) || app.articles.find((a) => a.id === id) || { title: "An article that was removed" }).title;

// Gives whether it is shown: while it was on its way, another one may have been chosen.
async function showArticle(id) {
  shown.wanted = id;
  if (shown.article && shown.article.id === id) return true;
  const article = await fetchArticle(id);
  if (shown.wanted !== id) return false;
  shown.article = article;
  shown.spans = [];
  shown.owner = null;
  const units = unitsOf(article.text);
  shown.units = units;
  const byline = [article.author, article.date].filter(Boolean).join(" · ");
  const nodes = [];
  const link = article.url && h("a", { href: article.url, target: "_blank", rel: "noopener noreferrer" }, new URL(article.url).host);
  const under = h("p", { class: "by" }, byline, byline && link ? " · " : null, link);
  const own = titleBlock(article);
  if (!own) nodes.push(h("h2", { dir: "auto" }, article.title), under);
  let page = null;
  for (const [kind, start, end, level, blockPage] of article.blocks) {
    if (blockPage && blockPage !== page) nodes.push(h("p", { class: "page" }, "p. " + blockPage));
    page = blockPage || page;
    const node = blockNode(kind, units(start), units(end), level, nodes);
    if (own && start === own[1]) nodes.push(h("h2", { dir: "auto" }, ...node.childNodes), under);
    else nodes.push(node);
  }
  $("article").replaceChildren(...nodes.filter(Boolean));
  $("article").lang = "";
  $("scroll").scrollTop = 0;
  const words = article.words.toLocaleString("en") + (article.words === 1 ? " word" : " words");
  $("at").replaceChildren(h("bdi", null, article.title), ...[byline, words].filter(Boolean).map((part) => " · " + part));
  showShelf();
  return true;
}

// The text's own first line, if it is the title: it is set as the title then, instead of beside it once more.
function titleBlock(article) {
  const [first] = article.blocks;
  const units = unitsOf(article.text);
  const text = first && article.text.slice(units(first[1]), units(first[2])).replace(/^#{1,6}\s+/, "").trim();
  return first && (first[0] === "heading" || first[0] === "paragraph") && text === article.title.trim() ? first : null;
}

// Text of the article from one unit to another, remembered so that marks find it.
function piece(from, to) {
  const node = document.createTextNode(shown.article.text.slice(from, to));
  if (to > from) shown.spans.push({ start: from, end: to, node });
  return node;
}

function blockNode(kind, start, end, level, before) {
  const text = shown.article.text.slice(start, end);
  if (kind === "heading") {
    const prefix = text.match(/^#{1,6}\s+/);
    return h("h" + Math.min(6, Math.max(3, (level || 2) + 1)), { class: "b", dir: "auto" }, piece(start + (prefix ? prefix[0].length : 0), end));
  }
  if (kind === "list") return listNode(text, start, before);
  if (kind === "table") return tableNode(text, start);
  if (kind === "code") return h("pre", { class: "b", dir: "ltr", tabindex: "0", role: "region", "aria-label": "Code" }, piece(start, end));
  const style = { byline: "b byline", footnote: "b note" }[kind] || "b";
  return h("p", { class: style, dir: "auto" }, piece(start, end));
}

function listNode(text, start, before) {
  const items = [];
  let at = start;
  let ordered = null;
  for (const line of text.split("\n")) {
    const marker = line.match(/^\s*(?:[-*+•‣◦–]|(\d{1,4})[.)])\s+/);
    if (marker || !items.length) {
      if (!items.length) ordered = marker && marker[1] ? Number(marker[1]) : null;
      const lettered = !marker && /^\s*\(?(?:[a-z]{1,7}[.)]|\d{1,4}(?:\.\w{1,4})+[.)]?)\s/i.test(line); // it shows its own mark: "b)", "2.1"
      items.push(h("li", { dir: "auto", class: lettered ? "lettered" : null }, piece(at + (marker ? marker[0].length : 0), at + line.length)));
    } else {
      items[items.length - 1].append(" ", piece(at, at + line.length));
    }
    at += line.length + 1;
  }
  const tag = ordered === null ? "UL" : "OL";
  const last = before[before.length - 1];
  if (last && last.tagName === tag) { last.append(...items); return null; }
  return h(tag.toLowerCase(), { class: "b", start: ordered !== null && ordered !== 1 ? ordered : null }, ...items);
}

// Rows by line; cells by | or by tabs, the empty ones too, so that columns stay columns. What is neither is set as it stands.
function tableNode(text, start) {
  const rule = (line) => /^[\s|:+-]*$/.test(line);
  const lines = text.split("\n");
  // Bars around each row, as Markdown has them, enclose no cell of their own.
  const boxed = lines.every((line) => rule(line) || /^\s*\|.*\|\s*$/.test(line));
  const rows = [];
  let at = start;
  for (const line of lines) {
    if (!rule(line)) {
      const row = h("tr");
      let from = at;
      const cells = line.split(/[|\t]/);
      cells.forEach((cell, index) => {
        const inner = cell.trim();
        const begin = from + cell.indexOf(inner);
        const tag = inner && !rows.length ? "th" : "td"; // an empty heading would be read out as one
        if (inner) row.append(h(tag, { dir: "auto", scope: tag === "th" ? "col" : null }, piece(begin, begin + inner.length)));
        else if (!boxed || (index > 0 && index < cells.length - 1)) row.append(h("td"));
        from += cell.length + 1;
      });
      rows.push(row);
    }
    at += line.length + 1;
  }
  return h("div", { class: "b wide", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", null, h("tbody", null, ...rows)));
}

// Mark the words that an answer cites. `cited` is a list of {number, article_id, start, end, onback}.
function showMarks(owner, cited) {
  if (shown.owner === owner) return;
  clearMarks();
  shown.owner = owner;
  for (const source of cited) {
    if (!shown.article || source.article_id !== shown.article.id) continue;
    const from = shown.units(source.start);
    const to = shown.units(source.end);
    let last = null;
    for (const span of overlapping(from, to)) last = wrap(span, Math.max(from, span.start), Math.min(to, span.end), source, owner);
    if (last) {
      last.append(h("sup", null, "\u2060", h("a", {
        href: "#ac-ask", "data-back": source.number, "aria-label": "Source " + source.number + ", back to the answer", title: "Back to the answer",
      }, String(source.number))));
    }
  }
}

// Of the answer that the reader is at: the one of which he followed a source, or else the last.
function showLatestMarks() {
  markAnswer(app.chosen ? app.chosen.turn : lastTurn());
}

function markAnswer(turn) {
  if (turn && turn.state === "done" && turn.answer.status !== "not_in_article") showMarks(turn, turn.cited);
}

function overlapping(from, to) {
  return shown.spans.filter((span) => span.start < to && span.end > from);
}

function wrap(span, from, to, source, owner) {
  if (from > span.start) span = splitSpan(span, from);
  if (to < span.end) splitSpan(span, to);
  const mark = h("mark", { class: "c" + tint(source) + (isChosen(owner, source.number) ? " on" : ""), "data-source": source.number });
  span.node.replaceWith(mark);
  mark.append(span.node);
  mark.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation(); // of marks that overlap, the inner one is meant
    if (getSelection().isCollapsed || event.detail === 0) source.onback(source.number);
  });
  const light = (on) => lightUp(owner, source.number, on);
  mark.addEventListener("mouseenter", () => light(true));
  mark.addEventListener("mouseleave", () => light(false));
  return mark;
}

// Split a span in two at a unit; returns the latter part.
function splitSpan(span, at) {
  const rest = { start: at, end: span.end, node: span.node.splitText(at - span.start) };
  span.end = at;
  shown.spans.splice(shown.spans.indexOf(span) + 1, 0, rest);
  return rest;
}

function clearMarks() {
  for (const sup of root.querySelectorAll("article mark sup")) sup.remove();
  for (const mark of root.querySelectorAll("article mark")) mark.replaceWith(...mark.childNodes);
  shown.owner = null;
}

const tint = (source) => (source.neutral ? 0 : ((source.number - 1) % 5) + 1);
const isChosen = (turn, number) => Boolean(app.chosen) && app.chosen.turn === turn && app.chosen.number === number;
const marksOf = (number) => root.querySelectorAll('article mark[data-source="' + number + '"]');

// Show that a source and its marks belong together, on both sides.
function lightUp(turn, number, on) {
  const lit = on || isChosen(turn, number);
  if (shown.owner === turn) for (const mark of marksOf(number)) mark.classList.toggle("on", lit);
  for (const cite of turn.node.querySelectorAll('[data-n="' + number + '"]')) cite.classList.toggle("on", lit);
}

// Scroll to the words of a source and hand the focus to their number.
async function goToSource(owner, cited, number) {
  const source = cited.find((one) => one.number === number);
  hidePop();
  try {
    if (!(await showArticle(source.article_id))) return;
  } catch (problem) {
    toast(problem.message);
    return;
  }
  showMarks(owner, cited);
  const before = app.chosen;
  app.chosen = { turn: owner, number };
  if (before) lightUp(before.turn, before.number, false);
  lightUp(owner, number, true);
  if (narrow()) showTab("read");
  const marks = marksOf(number);
  if (!marks.length) return;
  const box = $("scroll");
  // What was never laid out has a guessed height, and the way there would end beside the words.
  let block = marks[0].closest("article > *");
  for (let i = 0; block && i < LAID_OUT; i += 1, block = block.previousElementSibling) block.style.contentVisibility = "visible";
  const far = Math.abs(marks[0].getBoundingClientRect().top - box.getBoundingClientRect().top) > 4 * box.clientHeight;
  const jump = () => marks[0].scrollIntoView({ block: "center", behavior: calm() || far ? "instant" : "smooth" });
  jump();
  if (far) requestAnimationFrame(jump); // what was skipped in layout has its true height only now
  const back = marks[marks.length - 1].querySelector("a");
  if (back) back.focus({ preventScroll: true });
  $("return").hidden = !narrow();
  say("Source " + number + ": " + source.quote);
}

function showShelf() {
  const ids = app.scope.includes(shown.article.id) ? app.scope : [...app.scope, shown.article.id];
  $("shelf").hidden = ids.length < 2;
  $("shelf").replaceChildren(...ids.map((id) => h("button", {
    type: "button", "aria-pressed": String(id === shown.article.id), title: titleOf(id),
    onclick: () => showArticle(id).then(showLatestMarks).catch((problem) => toast(problem.message)),
  }, h("span", null, h("bdi", null, titleOf(id))))));
  showFormer();
}
