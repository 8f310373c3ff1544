// Putting it together: tabs, keys, the start.

function showTab(name) {
  root.dataset.tab = name;
  for (const tab of ["read", "ask"]) {
    $("tab-" + tab).setAttribute("aria-selected", String(tab === name));
    $("tab-" + tab).tabIndex = tab === name ? 0 : -1;
  }
  if (name === "ask") toEnd();
}

// On a phone the two sides are the panels of two tabs; side by side they are two regions.
function fitRoles() {
  for (const side of ["read", "ask"]) {
    if (narrow()) { $(side).setAttribute("role", "tabpanel"); $(side).setAttribute("aria-labelledby", "ac-tab-" + side); }
    else { $(side).removeAttribute("role"); $(side).removeAttribute("aria-labelledby"); }
  }
  if (!narrow()) $("return").hidden = true;
}

const here = () => (app.local ? "this computer" : "the computer of Article Chat");
const loopback = (host) => /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

// Where a question goes.
function standing() {
  const { model, name, base_url: address, search } = app.settings;
  const from = "Answers come from " + (app.scope.length > 1 ? "these articles" : "this article") + " only, ";
  const searched = search && !loopback(search) ? " It is searched for at " + search + "." : "";
  if (model === "builtin") return from + "on " + here() + "." + searched;
  const away = address ? !loopback(new URL(address).hostname) : true; // a provider's own address
  return from + "written by " + name + (address ? " at " + new URL(address).host : "") + (away ? ", which is sent the question and the passages." : ".") + searched;
}

function changeSettings(settings) {
  app.settings = settings;
  if (app.ready) $("small").textContent = standing();
}

// Another tab may have changed the model; who comes back to this one sees it before asking.
async function refreshSettings() {
  if (document.visibilityState !== "visible" || root.dataset.ready === undefined) return;
  const { settings, loading } = await call("settings").catch(() => ({}));
  if (!settings || JSON.stringify(settings) === JSON.stringify(app.settings)) return;
  changeSettings(settings);
  watchLoading(loading);
}

let watching = 0;
async function watchLoading(loading) {
  const mine = ++watching;
  const small = $("small");
  let waited = false;
  app.ready = false;
  for (;;) {
    if (mine !== watching) return;
    small.classList.toggle("wrong", Boolean(loading.error));
    if (loading.error) {
      small.replaceChildren(h("span", { role: "alert" }, loading.error), h("button", { type: "button", onclick: () => retryLoading() }, "Try again"));
      return;
    }
    if (loading.ready) break;
    waited = true;
    small.replaceChildren(...progress(loading.detail || "Starting", loading.progress));
    await sleep(400);
    loading = await call("loading", {}).catch((problem) => ({ detail: problem.message, progress: null }));
  }
  app.ready = true;
  small.textContent = standing();
  if (waited) say("Ready. " + standing());
  fetchSuggestions();
}

async function retryLoading() {
  await call("loading", { again: true }).catch(() => {});
  watchLoading(await call("loading", {}).catch((problem) => ({ error: problem.message })));
}

function wire() {
  for (const node of root.querySelectorAll("[data-icon]")) {
    node.prepend(icon(node.dataset.icon));
    const label = node.querySelector("span");
    if (label) { node.setAttribute("aria-label", label.textContent); node.title = label.textContent; }
  }
  for (const name of ["history", "articles", "settings"]) {
    $("open-" + name).addEventListener("click", () => openPanel(name));
    $(name).addEventListener("click", (event) => { if (event.target === $(name)) $(name).close(); });
    $(name).querySelector(".close").addEventListener("click", () => $(name).close());
  }
  $("new").addEventListener("click", () => { newConversation(); if (narrow()) showTab("ask"); $("question").focus(); });
  $("erase-all").addEventListener("click", () => eraseConversation(null));
  wireAsking();
  wireBringing();
  $("api").addEventListener("click", describeEndpoints);
  for (const input of root.querySelectorAll("[name=who]")) input.addEventListener("change", () => { $("other").hidden = input.value !== "other"; });
  $("configure").addEventListener("submit", (event) => { event.preventDefault(); configure(); });
  for (const [tab, other] of [["read", "ask"], ["ask", "read"]]) {
    $("tab-" + tab).addEventListener("click", () => showTab(tab));
    $("tab-" + tab).addEventListener("keydown", (event) => {
      const next = { ArrowLeft: other, ArrowRight: other, Home: "read", End: "ask" }[event.key];
      if (next) { event.preventDefault(); showTab(next); $("tab-" + next).focus(); }
    });
  }
  $("return").addEventListener("click", () => { if (app.chosen) backToAnswer(app.chosen.turn, app.chosen.number); else showTab("ask"); });
  $("pop").addEventListener("mouseenter", () => clearTimeout(popTimer));
  $("pop").addEventListener("mouseleave", leavePop);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("pop").hidden) { hidePop(); event.stopPropagation(); }
    else if (event.key === "Escape" && app.busy && !root.querySelector("dialog[open]")) stop();
  });
  addEventListener("focus", refreshSettings);
  document.addEventListener("visibilitychange", refreshSettings);
  new ResizeObserver(() => toEnd()).observe($("talk")); // suggestions come, the question grows: the end stays in view
  matchMedia("(max-width: 760px)").addEventListener("change", fitRoles);
  fitRoles();
}

function wireAsking() {
  const box = $("question");
  $("form").addEventListener("submit", (event) => { event.preventDefault(); if (app.busy) stop(); else submitTyped(); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submitTyped(); }
  });
  box.addEventListener("input", () => { fit(box); remember("draft", box.value, sessionStorage); tellTyping(); });
  $("talk").addEventListener("scroll", () => {
    const talk = $("talk");
    app.stuck = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
    $("latest").hidden = app.stuck || !app.turns.length;
    placePop();
  }, { passive: true });
  $("latest").addEventListener("click", () => toEnd(true));
}

function submitTyped() {
  const box = $("question");
  if (!box.value.trim()) { toast("Type a question first."); box.focus(); return; }
  if (app.opening) { app.asked = true; toast("Your question is asked as soon as the article is open."); return; }
  if (app.busy) { toast("Stop the present answer first."); return; }
  const question = box.value.trim();
  box.value = "";
  remember("draft", "", sessionStorage);
  fit(box);
  submit(question);
}

function wireBringing() {
  $("bring").addEventListener("submit", (event) => { event.preventDefault(); bring(null); });
  $("file").addEventListener("change", () => { if ($("file").files[0]) bring($("file").files[0]); });
  $("replace").addEventListener("click", () => decideFormer(true));
  $("keep").addEventListener("click", () => decideFormer(false));
  // Anywhere on the page: beside its place, the browser would show the file instead of the page.
  const over = (on) => (event) => {
    if (!event.dataTransfer.types.includes("Files")) return; // words may be dragged as ever
    event.preventDefault();
    $("drop").classList.toggle("over", on);
  };
  root.addEventListener("dragover", over(true));
  root.addEventListener("dragleave", over(false));
  root.addEventListener("drop", (event) => { over(false)(event); dropped(event.dataTransfer.files); });
}

function dropped(files) {
  if (!files.length) return;
  if (!$("articles").open) openPanel("articles");
  $("bring-go").scrollIntoView({ block: "nearest" }); // where it is said how far it is
  if (files.length > 1) $("bring-problem").textContent = "One file at a time, please.";
  else bring(files[0]);
}

async function start() {
  wire();
  const box = $("question");
  box.value = remembered("draft", sessionStorage);
  fit(box);
  await opening(begin);
  if (!narrow()) box.focus({ preventScroll: true });
  root.dataset.ready = "";
}

async function begin() {
  let state;
  for (let tries = 0; !state; tries += 1) {
    try { state = await call("state", {}); } catch (problem) {
      $("small").classList.add("wrong");
      $("small").textContent = problem.message;
      await sleep(Math.min(4000, 500 * 2 ** tries));
    }
  }
  Object.assign(app, { articles: state.articles, seed: state.seed.id, scope: [state.seed.id], settings: state.settings, local: state.local, allowUrl: state.allow_url });
  loadedArticles.set(state.seed.id, state.seed);
  await showArticle(app.seed);
  showTurns();
  showComposer();
  watchLoading(state.loading);
  const last = remembered("conversation", sessionStorage) || remembered("conversation");
  if (last && state.conversations.some((row) => row.id === last)) await openConversation(last).catch((problem) => toast(problem.message));
}

start();
