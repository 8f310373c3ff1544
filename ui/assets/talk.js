// The conversation: asking, following, stopping, coming back to it.

const app = {
  articles: [], scope: [], seed: null, conversation: null, turns: [], busy: null, chosen: null, cameFrom: null,
  settings: {}, local: true, allowUrl: false, ready: false, suggested: [], stuck: true,
};
const lastTurn = () => app.turns[app.turns.length - 1];

function fit(box) {
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight, 160) + "px";
}

async function submit(question, instead) {
  if (app.busy) { toast("Stop the present answer first."); return; }
  const turn = makeTurn(question);
  const at = instead ? app.turns.indexOf(instead) : -1;
  const replaced = at >= 0 ? app.turns.splice(at) : [];
  const known = replaced.find((one) => one.id);
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
  try {
    const ids = await call("ask", { question, articles: app.scope, conversation: app.conversation, instead_of: known ? known.id : null });
    app.conversation = ids.conversation;
    turn.id = ids.turn;
    turn.job = ids.job;
    remember("conversation", app.conversation);
    remember("conversation", app.conversation, sessionStorage);
  } catch (problem) {
    onEvent(turn, { kind: "failed", message: problem.message });
    done(turn);
    return;
  }
  if (turn.state === "stopped") { call("stop", { conversation: app.conversation, job: turn.job }).catch(() => {}); return; }
  await follow(turn);
}

// Read what the program says about a turn until it has ended. Survives a connection that is lost for a while.
async function follow(turn) {
  let after = 0;
  let lost = 0;
  const mine = app.conversation;
  while (turn.state === "running" && app.conversation === mine) {
    try {
      const news = await call("follow", { job: turn.job, after });
      lost = 0;
      if (turn.state !== "running" || app.conversation !== mine) break;
      for (const event of news.events) onEvent(turn, event);
      after += news.events.length;
      if (news.events.length) toEnd();
      if (news.done && turn.state === "running") onEvent(turn, { kind: "stopped" });
    } catch (problem) {
      lost += 1;
      if (!problem.lost || lost > 60) onEvent(turn, { kind: "failed", message: problem.message });
      else { showStep(turn, { name: "lost", detail: "The connection is lost. Trying again", progress: null }); await sleep(1000); }
    }
  }
  if (app.conversation === mine) done(turn);
}

function done(turn) {
  if (app.busy === turn) app.busy = null;
  showComposer();
  showSuggestions();
  toEnd();
}

function stop() {
  const turn = app.busy;
  if (!turn) return;
  onEvent(turn, { kind: "stopped" });
  if (turn.job) call("stop", { conversation: app.conversation, job: turn.job }).catch((problem) => toast(problem.message));
  done(turn);
  $("question").focus();
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
  const list = app.suggested.slice(0, 4).map((question) =>
    h("li", null, h("button", { type: "button", dir: "auto", onclick: () => submit(question) }, question, icon("next"))));
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
  const asked = new Set(app.turns.map((turn) => turn.question.trim().toLowerCase()));
  const left = app.suggested.filter((question) => !asked.has(question.trim().toLowerCase()));
  const box = $("try");
  box.hidden = !app.turns.length || !left.length;
  box.replaceChildren(...left.slice(0, 4).map((question) =>
    h("button", { type: "button", dir: "auto", onclick: () => submit(question) }, question)));
  if (!app.turns.length) showTurns();
}

async function fetchSuggestions() {
  const wanted = app.scope.join();
  try {
    const result = await call("suggestions", { articles: app.scope });
    if (wanted !== app.scope.join()) return;
    app.suggested = result.suggestions;
  } catch { app.suggested = []; } // a help, not a need: without them one types
  showSuggestions();
}

function setScope(ids) {
  const changed = ids.join() !== app.scope.join();
  app.scope = ids;
  showComposer();
  if (app.ready) $("small").textContent = standing();
  if (changed) {
    app.suggested = [];
    showSuggestions();
    if (app.ready) fetchSuggestions();
  }
}

function newConversation(ids) {
  if (app.busy) stop();
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
  const kept = await call("conversation", { id });
  if (app.busy) stop();
  const there = kept.articles.filter((article) => app.articles.some((one) => one.id === article));
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
  if (last && last.state === "done" && last.answer.status !== "not_in_article") showMarks(last, last.cited);
  showComposer();
  showSuggestions();
  toEnd(true);
  if (last && last.state === "running") { app.busy = last; showComposer(); follow(last); }
}

function restored(kept) {
  const turn = makeTurn(kept.question);
  Object.assign(turn, { id: kept.id, job: kept.job, state: kept.state, answer: kept.answer, error: kept.error, rating: kept.rating });
  beginAnswer(turn);
  turn.retractions = kept.retractions || [];
  if (kept.state === "running") { turn.retractions = []; return turn; }
  if (kept.state === "stopped") for (const event of kept.checked || []) onChecked(turn, event);
  finishAnswer(turn, false);
  return turn;
}
