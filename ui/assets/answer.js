// One turn of the conversation: the question, and the answer as it comes, settles, or is declined.

const FADE = 1700; // milliseconds
const RATINGS = [["good", "Good answer"], ["bad", "Bad answer"]];

function makeTurn(question) {
  const turn = { id: null, job: null, question, state: "running", answer: null, checked: new Map(), retractions: [], cited: [], rating: null };
  turn.row = h("div", { class: "ask-row" });
  turn.body = h("div", { class: "a" });
  turn.node = h("div", { class: "turn", "data-testid": "turn" }, turn.row, turn.body);
  showQuestion(turn);
  return turn;
}

function showQuestion(turn) {
  turn.row.replaceChildren(
    button("Edit and ask again", "edit", () => editQuestion(turn)),
    h("h3", { class: "q", dir: "auto", "data-testid": "user" }, turn.question));
}

function editQuestion(turn) {
  if (app.busy) { toast("Stop the present answer first."); return; }
  const box = h("textarea", { dir: "auto", "aria-label": "Edit the question", maxlength: "20000" });
  box.value = turn.question;
  const done = () => { showQuestion(turn); turn.row.querySelector("button").focus(); };
  const send = () => { if (box.value.trim()) submit(box.value, turn); };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); done(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  box.addEventListener("input", () => fit(box));
  turn.row.replaceChildren(h("div", { class: "edit" }, box, h("div", { class: "buttons" },
    h("button", { type: "button", onclick: done }, "Cancel"),
    h("button", { type: "button", class: "primary", onclick: send }, "Ask again"))));
  fit(box);
  box.focus();
}

// ------------------------------------------------------------------ while it is made

function beginAnswer(turn) {
  turn.checked = new Map();
  turn.retractions = [];
  turn.cited = [];
  turn.sentences = new Map();
  turn.text = h("p", { class: "text", dir: "auto" });
  turn.notes = h("div");
  turn.step = h("div", { class: "step" });
  turn.body.replaceChildren(turn.text, turn.notes, turn.step);
  turn.body.setAttribute("aria-busy", "true");
  showStep(turn, { detail: "Asking the article", progress: null });
}

function showStep(turn, event) {
  turn.doing = event.name;
  turn.step.replaceChildren(...progress(sentenceCase(event.detail || event.name || ""), event.progress));
}

function sentenceNode(turn, index) {
  if (!turn.sentences.has(index)) {
    const node = h("span", { class: "s prov" });
    const later = [...turn.sentences.keys()].filter((key) => key > index).sort((a, b) => a - b)[0];
    const next = later === undefined ? null : turn.sentences.get(later);
    turn.text.insertBefore(node, next);
    if (node.previousSibling) turn.text.insertBefore(document.createTextNode(" "), node);
    turn.sentences.set(index, node);
  }
  return turn.sentences.get(index);
}

function onEvent(turn, event) {
  if (event.kind === "step") showStep(turn, event);
  else if (event.kind === "draft") onDraft(turn, event);
  else if (event.kind === "checked") onChecked(turn, event);
  else if (event.kind === "retracted") onRetracted(turn, event);
  else if (event.kind === "finished") finishGently(turn, event.answer);
  else if (event.kind === "failed") { turn.error = event.message; turn.state = "failed"; finishAnswer(turn, true); }
  else if (event.kind === "stopped") { turn.state = "stopped"; finishAnswer(turn, true); }
  else if (event.kind === "notice") toast(event.message);
}

// What was just taken back stays in view, struck out, long enough to be seen.
function finishGently(turn, answer) {
  turn.answer = answer;
  turn.state = "done";
  if (!turn.text.querySelector(".gone")) { finishAnswer(turn, true); return; }
  turn.step.remove();
  setTimeout(() => finishAnswer(turn, true), FADE);
}

function onDraft(turn, event) {
  const node = sentenceNode(turn, event.sentence);
  if (turn.checked.has(event.sentence)) return;
  if (turn.doing === "reading") showStep(turn, { name: "writing", detail: "Writing, not checked yet" });
  node.append(node.textContent ? event.text : event.text.trimStart());
}

function onChecked(turn, event) {
  const node = sentenceNode(turn, event.sentence);
  turn.checked.set(event.sentence, event);
  turn.settledAt = performance.now();
  number(turn, event.citations);
  node.classList.remove("prov");
  node.classList.add("settled");
  fillSentence(turn, node, event.text, event.citations);
  if (turn !== lastTurn() || elsewhere(turn)) return;
  shown.owner = shown.owner === turn ? null : shown.owner;
  showMarks(turn, turn.cited);
}

// Whether the reader is at the words of another answer: they stay marked until he leaves them.
const elsewhere = (turn) => Boolean(app.chosen) && app.chosen.turn !== turn && $("article").contains(document.activeElement);

function onRetracted(turn, event) {
  turn.retractions.push(event);
  const node = sentenceNode(turn, event.sentence);
  node.replaceChildren(event.text);
  node.classList.remove("prov");
  node.classList.add("gone");
  requestAnimationFrame(() => node.classList.add("fade"));
  setTimeout(() => node.remove(), FADE);
  turn.sentences.delete(event.sentence);
  showRetractions(turn, true);
  say("A sentence was taken back. " + event.reason);
}

function showRetractions(turn, open) {
  const count = turn.retractions.length;
  turn.notes.replaceChildren();
  if (!count) return;
  turn.notes.append(h("details", { class: "taken", open }, h("summary", null, count === 1 ? "One sentence was taken back" : count + " sentences were taken back"),
    ...turn.retractions.map((one) => h("p", { dir: "auto" }, h("s", null, one.text), " ", one.reason))));
}

// ------------------------------------------------------------------ when it is there

function finishAnswer(turn, live) {
  turn.body.removeAttribute("aria-busy");
  if (!turn.text) beginAnswer(turn);
  turn.step.remove();
  if (turn.state === "failed") showError(turn, turn.error);
  else if (turn.state === "stopped") showStopped(turn);
  else if (turn.answer.status === "not_in_article") showDeclined(turn);
  else showAnswer(turn);
  if (live) announce(turn);
  if (turn !== lastTurn() || elsewhere(turn)) return;
  clearMarks(); // what is marked belongs to the latest answer, until another is pointed at
  markAnswer(turn);
}

function announce(turn) {
  if (turn.state === "failed") say(turn.error, "alert");
  else if (turn.state === "stopped") say("Stopped.");
  else if (turn.answer.status === "not_in_article") say("The article does not say.");
  else say("Answer: " + turn.answer.text);
}

function showAnswer(turn) {
  const answer = turn.answer;
  const fresh = performance.now() - turn.settledAt < 200; // the last frame still showed it as provisional
  turn.cited = [];
  number(turn, answer.citations);
  turn.text.replaceChildren();
  answer.sentences.forEach((sentence, index) => {
    const node = h("span", { class: fresh ? "s prov" : "s" });
    fillSentence(turn, node, sentence, answer.citations.filter((citation) => citation.sentence === index));
    turn.text.append(index ? " " : "", node);
  });
  const left = leftOpen(turn);
  if (left) turn.text.append(h("span", { class: "left" }, left));
  turn.body.dataset.testid = "bot";
  showRetractions(turn, false);
  const sources = several(turn) && h("ol", { class: "sources", "aria-label": "Sources" }, ...byArticle(turn.cited).map((source) =>
    h("li", null, ...source.map((one) => citeNode(turn, one)), " ", h("bdi", null, source[0].title))));
  turn.body.replaceChildren(turn.text, turn.notes, sources || "", footNode(turn));
  if (fresh) requestAnimationFrame(() => requestAnimationFrame(() => turn.text.querySelectorAll(".s").forEach((node) => { node.className = "s settled"; })));
}

// What the question asked besides and nothing answers.
function leftOpen(turn) {
  const open = turn.answer.unanswered || [];
  return open.length ? (several(turn) ? "The articles do not say: " : "The article does not say: ") + open.map((part) => "“" + part + "”").join(" ") : "";
}

function byArticle(cited) {
  const ids = [...new Set(cited.map((one) => one.article_id))];
  return ids.map((id) => cited.filter((one) => one.article_id === id));
}

function verdict(turn) {
  const answer = turn.answer;
  const where = several(turn) ? " in the articles" : " in the article";
  const count = answer.sentences.length;
  const found = count === 1 ? "Found" + where : (count === 2 ? "Both sentences" : "All " + count + " sentences") + " found" + where;
  return answer.status === "partial"
    ? h("span", { class: "part" }, "◐ Answered in part")
    : h("span", { class: "ok" }, "✓ " + found);
}

function footNode(turn) {
  const total = turn.answer.timings && turn.answer.timings.total;
  return h("div", { class: "foot" }, turn.answer.status === "not_in_article" ? null : verdict(turn),
    total >= 0.05 ? h("span", { title: "From the question to the whole answer" }, total.toFixed(1) + " s") : null,
    h("span", { class: "acts" },
      button("Copy with quotes", "copy", async () => { await copyText(withQuotes(turn)); toast("Copied, with its quotes."); }),
      button("Ask again", "retry", () => submit(turn.question, turn)),
      ...RATINGS.map(([rating, label]) => button(label, rating, () => rateTurn(turn, rating), { "aria-pressed": String(turn.rating === rating), "data-rating": rating }))));
}

async function rateTurn(turn, rating) {
  const wanted = turn.rating === rating ? null : rating;
  try {
    await call("rate", { conversation: app.conversation, turn: turn.id, rating: wanted });
  } catch (problem) { toast(problem.message); return; }
  turn.rating = wanted;
  for (const node of turn.body.querySelectorAll("[data-rating]")) node.setAttribute("aria-pressed", String(node.dataset.rating === wanted));
  toast(wanted ? "Noted on " + here() + "." : "Taken back.");
}

function showDeclined(turn) {
  const answer = turn.answer;
  turn.cited = answer.passages.map((passage, index) => ({ ...passage, number: index + 1, neutral: true, onback: (n) => backToAnswer(turn, n) }));
  const plain = answer.text && !/does(n['’]t| not) say/i.test(answer.text) ? h("p", { dir: "auto" }, answer.text) : null;
  const near = turn.cited.map((source) => h("button", {
    type: "button", class: "near c" + tint(source), "data-n": source.number, dir: "auto",
    onclick: (event) => { app.cameFrom = event.currentTarget; app.cameFrom.classList.add("whole"); goToSource(turn, turn.cited, source.number); },
    onmouseenter: () => { showMarks(turn, turn.cited); lightUp(turn, source.number, true); }, onmouseleave: () => lightUp(turn, source.number, false),
  }, h("span", null, "“" + source.quote + "”"), place(turn, source) ? h("small", null, place(turn, source)) : null));
  turn.body.dataset.testid = "bot";
  turn.body.replaceChildren(h("div", { class: "none", "data-testid": "declined" },
    h("b", null, several(turn) ? "The articles do not say." : "The article does not say."), plain,
    near.length ? h("details", { open: true }, h("summary", null, near.length === 1 ? "Closest passage" : "Closest passages"), ...near) : null),
  footNode(turn));
  if (turn.retractions.length) { showRetractions(turn, false); turn.body.insertBefore(turn.notes, turn.body.lastChild); }
}

function showStopped(turn) {
  for (const [index, node] of turn.sentences || []) if (!turn.checked.has(index)) node.remove();
  showRetractions(turn, false);
  turn.body.replaceChildren(turn.text, turn.notes, h("div", { class: "halt" },
    turn.checked.size ? "Stopped. What stands here was found in the article." : "Stopped.",
    h("button", { type: "button", onclick: () => submit(turn.question, turn) }, "Ask again")));
}

function showError(turn, message) {
  for (const [index, node] of turn.sentences || []) if (!turn.checked.has(index)) node.remove();
  const kept = turn.checked && turn.checked.size ? [turn.text] : []; // what was found before it failed
  turn.body.replaceChildren(...kept, h("div", { class: "err", "data-testid": "error" }, h("b", null, kept.length ? "The answer broke off." : "No answer this time."), h("p", { dir: "auto" }, message),
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => submit(turn.question, turn) }, "Try again"),
      h("button", { type: "button", onclick: () => openPanel("settings") }, "Settings"))));
}

// The answer and the words it rests on, as plain text.
function withQuotes(turn) {
  const answer = turn.answer;
  if (answer.status === "not_in_article") {
    return [turn.question, "", "The article does not say.", ...turn.cited.flatMap((one) => ["", "“" + one.quote + "” (" + source(one) + ")"])].join("\n");
  }
  const text = answer.sentences.map((sentence, index) => sentence + [...new Set(answer.citations.filter((c) => c.sentence === index).map((c) => sourceOf(turn, c).number))].map((n) => " [" + n + "]").join("")).join(" ");
  const left = leftOpen(turn);
  return [text, ...(left ? [left] : []), ...turn.cited.flatMap((one) => ["", "[" + one.number + "] “" + one.quote + "” (" + source(one) + ")"])].join("\n");
  function source(one) { return one.title + (one.page ? ", p. " + one.page : ""); }
}
