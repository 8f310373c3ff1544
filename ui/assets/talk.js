// The conversation: asking, following, stopping, coming back to it.

const app = {
  articles: [], scope: [], seed: null, conversation: null, turns: [], busy: null, chosen: null, cameFrom: null,
  settings: {}, local: true, allowUrl: false, ready: false, suggested: [], stuck: true, sending: Promise.resolve(), opening: 0, asked: false, wanted: null,
};
const OFFERED = 4; // suggested questions
const FOLLOWING = 3; // of them below an answer
const FAR = 1e9; // characters: farther than any article is long
const TELLING = 1000; // milliseconds between two looks at what is typed
const MAKING = 1000; // milliseconds between two looks at whether there are more suggestions
const lastTurn = () => app.turns[app.turns.length - 1];

function fit(box) {
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, 160) + "px";
}

// Open an article or a conversation. A question that is asked meanwhile stays in its box, and goes to what is open then.
async function opening(work) {
  app.opening += 1;
  try { await work(); } catch (problem) { app.asked = false; throw problem; } finally {
    app.opening -= 1;
    if (app.asked && !app.opening) { app.asked = false; submitTyped(); }
  }
}

// Ask; with `instead`, in the place of an earlier turn and all that followed it.
async function submit(question, instead) {
  if (app.opening) { toast("Another article is being opened."); return; }
  if (app.busy) { toast("Stop the present answer first."); return; }
  const later = instead ? app.turns.length - 1 - app.turns.indexOf(instead) : 0;
  if (later > 0 && !(await confirmed("The " + (later === 1 ? "question" : later + " questions") + " after this one will be erased, with " +
    (later === 1 ? "its answer." : "their answers."), "Ask again"))) return;
  const turn = makeTurn(question);
  const at = instead ? app.turns.indexOf(instead) : -1;
  const replaced = at >= 0 ? app.turns.splice(at) : [];
  app.turns.push(turn);
  app.chosen = null;
  app.busy = turn;
  beginAnswer(turn);
  showTurns();
  showSuggestions();
  showComposer();
  toEnd(true);
  // What was pressed may be gone with its turn; on a phone the question's box would raise the keyboard.
  if (document.activeElement === document.body) $(narrow() ? "talk" : "question").focus({ preventScroll: true });
  const before = app.sending;
  app.sending = before.then(() => send(turn, replaced));
  if (await app.sending) await follow(turn);
}

// Send a question, after the one before it: only then is it known which conversation it belongs to. Gives whether to follow it.
async function send(turn, replaced) {
  const turns = app.turns;
  const known = replaced.find((one) => one.id);
  if (known) turn.id = known.id; // until it is replaced, that one stands on disk, and is what asking again replaces
  if (!turns.includes(turn) || turn.state === "stopped") return false;
  const { model, base_url: address } = app.settings;
  let ids;
  try {
    const last = replaced.findLast((one) => one.id); // whether it went on in another tab
    ids = await call("ask", { question: turn.question, articles: app.scope, conversation: app.conversation, instead_of: known ? known.id : null, last: last ? last.id : null, answers: [model, address] });
  } catch (problem) {
    ids = { failed: problem.message };
  }
  Object.assign(turn, { id: ids.turn || turn.id, job: ids.job || null, conversation: ids.conversation || null });
  const gone = app.turns !== turns || turn.state === "stopped";
  if (gone && turn.job) call("stop", { conversation: turn.conversation, job: turn.job }).catch(() => {});
  if (app.turns !== turns) return false; // the reader has gone to another conversation: this one is no more of his page
  if (ids.conversation) {
    app.conversation = ids.conversation;
    remember("conversation", app.conversation);
    remember("conversation", app.conversation, sessionStorage);
  }
  if (turn.state === "stopped") return false;
  if (turn.job) return true;
  if (ids.settings) {
    changeSettings(ids.settings);
    ids.failed = "Not asked, because the model was changed meanwhile. " + standing();
  }
  onEvent(turn, { kind: "failed", message: ids.failed });
  done(turn);
  return false;
}

// Read what the program says about a turn until it has ended. Survives a connection that is lost for a while.
async function follow(turn) {
  let after = 0;
  let lost = 0;
  let dropped = false;
  const turns = app.turns;
  while (turn.state === "running" && app.turns === turns) {
    try {
      const news = await call("follow", { job: turn.job, after });
      lost = 0;
      if (turn.state !== "running" || app.turns !== turns) break;
      for (const event of news.events) {
        onEvent(turn, event.kind === "stopped" && dropped ? { kind: "failed", message: "The connection was lost for too long, and the answer was given up." } : event);
      }
      after += news.events.length;
      if (news.events.length) toEnd();
      if (news.done && turn.state === "running") onEvent(turn, { kind: "stopped" });
    } catch (problem) {
      lost += 1;
      dropped = true;
      if (!problem.lost || lost > 60) onEvent(turn, { kind: "failed", message: problem.message });
      else { showStep(turn, { name: "lost", detail: "The connection is lost. Trying again", progress: null }); await sleep(1000); }
    }
  }
  if (app.turns !== turns) return;
  done(turn);
  if (turn.state === "done" && suggestionsLeft().length < OFFERED) fetchSuggestions(); // another tab's article may have cut it short
}

function done(turn) {
  if (app.busy === turn) app.busy = null;
  showComposer();
  showSuggestions();
  toEnd();
}

// A question whose job is not known yet is stopped by send(), as soon as it is.
async function stop() {
  const turn = app.busy;
  if (!turn) return;
  onEvent(turn, { kind: "stopped" });
  done(turn);
  if (!narrow()) $("question").focus(); // on a phone it would raise the keyboard
  if (turn.job) await call("stop", { conversation: app.conversation, job: turn.job }).catch((problem) => toast(problem.message));
}

// What a question will be answered from is read while it is typed, from its third word on.
let telling = 0;
function tellTyping() {
  if (telling || !app.local || !app.ready) return;
  telling = setTimeout(() => {
    telling = 0;
    const question = $("question").value.trim();
    if (app.busy || app.opening || question.split(/\s+/).length < 3) return;
    call("typing", { question, articles: app.scope, conversation: app.conversation }).catch(() => {}); // a help, not a need
  }, TELLING);
}

function showComposer() {
  const send = $("send");
  send.textContent = app.busy ? "Stop" : "Ask";
  send.dataset.testid = app.busy ? "stop-button" : "ask-button";
  $("question").placeholder = app.scope.length > 1 ? "Ask these " + app.scope.length + " articles" : "Ask the article";
}

function showTurns() {
  const talk = $("talk");
  if (!app.turns.length) { talk.replaceChildren(helloNode()); return; }
  const wanted = app.turns.map((turn) => turn.node);
  for (const node of [...talk.children]) if (!wanted.includes(node)) node.remove();
  for (const node of wanted) if (node.parentNode !== talk) talk.append(node);
}

function helloNode() {
  const list = suggestionsLeft().slice(0, OFFERED).map((question) =>
    h("li", null, h("button", { type: "button", dir: "auto", "data-question": question, onclick: () => submit(question) }, question, icon("next"))));
  return h("div", { class: "hello" }, h("h3", null, "What would you like to know?"),
    h("p", null, "Each sentence of an answer points at the words of the article that carry it. What the article does not say, you are told."),
    list.length ? h("ul", { "aria-label": "Suggested questions" }, ...list) : null);
}

// Keep the end in view, unless the reader has scrolled away from it.
function toEnd(force) {
  const talk = $("talk");
  if (force) app.stuck = true;
  if (app.stuck) talk.scrollTop = talk.scrollHeight;
  $("latest").hidden = app.stuck || !app.turns.length;
}

function showSuggestions() {
  const focused = root.contains(document.activeElement) && document.activeElement.dataset.question; // the keyboard keeps its place
  const left = suggestionsLeft().slice(0, FOLLOWING);
  const box = $("try");
  box.hidden = !app.turns.length || !left.length;
  box.replaceChildren(...left.map((question) =>
    h("button", { type: "button", dir: "auto", "data-question": question, onclick: () => submit(question) }, question)));
  if (!app.turns.length) showTurns();
  const again = focused && root.querySelector('[data-question="' + CSS.escape(focused) + '"]');
  if (again) again.focus({ preventScroll: true });
}

// What was not asked yet: those first whose words lie closest to what was answered last, and last those whose words were cited already.
function suggestionsLeft() {
  const asked = new Set(app.turns.map((turn) => turn.question.trim().toLowerCase()));
  const left = app.suggested.filter((one) => !asked.has(one.question.trim().toLowerCase()));
  const answers = app.turns.map((turn) => turn.answer).filter(Boolean);
  const cited = answers.flatMap((answer) => answer.citations);
  const last = answers.length ? answers[answers.length - 1] : { citations: [], passages: [] };
  const near = last.citations.length ? last.citations : last.passages;
  const same = (one, other) => one.article_id === other.article_id;
  const rank = (one) => [
    cited.some((other) => same(one, other) && one.start < other.end && other.start < one.end) ? 1 : 0,
    Math.min(FAR, ...near.map((other) => (same(one, other) ? Math.abs(one.start - other.start) : FAR))),
  ];
  const ranked = left.map((one) => ({ question: one.question, rank: rank(one) })); // sorting keeps the order of equals
  return ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]).map((one) => one.question);
}

// They are made one at a time, while nobody waits for an answer: each is shown as soon as it is there.
let fetching = 0;
async function fetchSuggestions() {
  const mine = ++fetching;
  try {
    for (let again = false; ; again = true) {
      const result = await call("suggestions", { articles: app.scope, again });
      if (mine !== fetching) return;
      if (!again || result.suggestions.length !== app.suggested.length) {
        app.suggested = result.suggestions;
        showSuggestions();
      }
      if (!result.more) return;
      await sleep(MAKING);
      if (mine !== fetching) return;
    }
  } catch { /* a help, not a need: without them one types */ }
}

function setScope(ids) {
  const changed = ids.join() !== app.scope.join();
  app.scope = ids;
  showComposer();
  if (app.ready) $("small").textContent = standing();
  if (changed) {
    app.suggested = [];
    fetching += 1; // those of the articles before are not waited for
    showSuggestions();
    if (app.ready) fetchSuggestions();
  }
}

function newConversation(ids) {
  stop();
  app.wanted = null;
  app.conversation = null;
  app.turns = [];
  app.chosen = null;
  remember("conversation", "");
  remember("conversation", "", sessionStorage);
  clearMarks();
  if (ids) setScope(ids);
  showTurns();
  showComposer();
  showSuggestions();
  $("latest").hidden = true;
}

// Show a conversation that was kept, and go on following a question that is still on its way.
async function openConversation(id) {
  app.wanted = id;
  const [kept, { articles }] = await Promise.all([call("conversation", { id }), call("articles")]);
  if (app.wanted !== id) return; // another was chosen meanwhile, or a new one begun
  stop();
  app.articles = articles; // another page or a command may have added some
  const there = kept.articles.filter((article) => articles.some((one) => one.id === article));
  app.conversation = kept.id;
  app.chosen = null;
  clearMarks();
  setScope(there.length ? there : [app.seed]);
  app.turns = kept.turns.map(restored);
  remember("conversation", id);
  remember("conversation", id, sessionStorage);
  showTurns();
  await showArticle(app.scope[0]);
  showShelf();
  const last = lastTurn();
  showLatestMarks();
  showComposer();
  showSuggestions();
  toEnd(true);
  if (there.length < kept.articles.length) {
    const lost = kept.articles.length === 1 ? "The article of this conversation was removed." : "Of the articles of this conversation, " + (kept.articles.length - there.length) + " were removed.";
    toast(lost + (there.length ? "" : " New questions go to “" + titleOf(app.seed) + "”."));
  }
  if (last && last.state === "running") { app.busy = last; showComposer(); follow(last); }
}

function restored(kept) {
  const turn = makeTurn(kept.question);
  Object.assign(turn, { id: kept.id, job: kept.job, state: kept.state, answer: kept.answer, error: kept.error, rating: kept.rating });
  beginAnswer(turn);
  turn.retractions = kept.retractions || [];
  if (kept.state === "running") { turn.retractions = []; return turn; }
  if (kept.state !== "done") for (const event of kept.checked || []) onChecked(turn, event);
  finishAnswer(turn, false);
  return turn;
}
