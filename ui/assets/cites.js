// The marks of an answer: which words of the article carry a sentence, shown beside it and on the way there.

// Give each distinct passage one number, in the order in which the answer first cites it.
function number(turn, citations) {
  const rank = (a, b) => a.sentence - b.sentence || (a.article_id < b.article_id ? -1 : a.article_id > b.article_id ? 1 : a.start - b.start);
  for (const citation of [...citations].sort(rank)) {
    if (!sourceOf(turn, citation)) {
      turn.cited.push({ ...citation, number: turn.cited.length + 1, onback: (n) => backToAnswer(turn, n) });
    }
  }
}

const sourceOf = (turn, c) => turn.cited.find((one) => one.article_id === c.article_id && one.start === c.start && one.end === c.end);
const several = (turn) => app.scope.length > 1 || new Set(turn.cited.map((one) => one.article_id)).size > 1;
const place = (turn, source) => [several(turn) ? source.title : null, source.page ? "p. " + source.page : null].filter(Boolean).join(", ");

// How probable the check finds it that the sentence is right; a passage that carries no sentence has no score.
const sureness = (source) => (source.score > 0 ? Math.round(100 * source.score) + "% sure" : null);

function fillSentence(turn, node, text, citations) {
  const sources = [...new Set(citations.map((citation) => sourceOf(turn, citation)))].sort((a, b) => a.number - b.number);
  // The first mark stays on the line of the word before it.
  const cites = sources.map((source) => citeNode(turn, source));
  const last = text.match(/\S{1,8}$/u); // no more of it: where words have no spaces, all of it would not break
  const head = last ? text.slice(0, last.index) : text;
  node.replaceChildren(head, cites.length ? h("span", { class: "tie" }, last ? last[0] : "", cites[0]) : text.slice(head.length), ...cites.slice(1));
  node.onmouseenter = () => { showMarks(turn, turn.cited); sources.forEach((source) => lightUp(turn, source.number, true)); };
  node.onmouseleave = () => sources.forEach((source) => lightUp(turn, source.number, false));
}

function citeNode(turn, source) {
  const where = [place(turn, source), sureness(source)].filter(Boolean).join(", ");
  const cite = h("button", {
    type: "button", class: "cite c" + tint(source), "data-n": source.number, "data-testid": "citation",
    "aria-label": "Source " + source.number + (where ? ", " + where : "") + ": " + source.quote,
    onclick: () => { app.cameFrom = cite; goToSource(turn, turn.cited, source.number); },
    onmouseenter: () => showPop(cite, turn, source), onmouseleave: leavePop,
    onfocus: () => { showMarks(turn, turn.cited); lightUp(turn, source.number, true); if (cite.matches(":focus-visible")) showPop(cite, turn, source); },
    onblur: () => { lightUp(turn, source.number, false); leavePop(); },
  }, String(source.number), source.page ? h("i", null, " p. " + source.page) : null);
  return cite;
}

function backToAnswer(turn, n) {
  if (narrow()) showTab("ask");
  $("return").hidden = true;
  const cites = [...turn.body.querySelectorAll('[data-n="' + n + '"]')];
  const cite = cites.includes(app.cameFrom) ? app.cameFrom : cites[0];
  if (!cite) return;
  cite.scrollIntoView({ block: "nearest", behavior: calm() ? "instant" : "smooth" });
  cite.focus({ preventScroll: true });
}

let popTimer = 0;
let popAnchor = null;
function showPop(anchor, turn, source) {
  clearTimeout(popTimer);
  const pop = $("pop");
  const about = [place(turn, source), sureness(source)].filter(Boolean).join(" · ");
  pop.className = "pop c" + tint(source);
  pop.replaceChildren(h("q", { dir: "auto" }, source.quote), about ? h("small", null, about) : "");
  pop.hidden = false;
  popAnchor = anchor;
  placePop();
}

// Beside its mark, which may be on the move: the keyboard brings marks into view by scrolling. Whoever scrolls on has left it.
function placePop() {
  const pop = $("pop");
  if (pop.hidden) return;
  if (popAnchor !== document.activeElement || !popAnchor.matches(":focus-visible")) {
    if (!popAnchor.matches(":hover")) { hidePop(); return; }
  }
  pop.style.left = pop.style.top = "0";
  const at = popAnchor.getBoundingClientRect();
  const size = pop.getBoundingClientRect();
  const top = at.top - size.height - 8 > 8 ? at.top - size.height - 8 : at.bottom + 8;
  pop.style.left = Math.max(12, Math.min(at.left - 24, innerWidth - size.width - 12)) + "px";
  pop.style.top = top + "px";
}

const leavePop = () => { clearTimeout(popTimer); popTimer = setTimeout(hidePop, 180); };
const hidePop = () => { clearTimeout(popTimer); $("pop").hidden = true; };
