// The drawers: conversations, articles, settings.

function openPanel(name) {
  $(name).showModal();
  if (name === "history") refreshHistory();
  if (name === "articles") refreshArticles();
  if (name === "settings") showSettings();
}

const when = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// ------------------------------------------------------------------ conversations

async function refreshHistory() {
  try {
    showHistory((await call("conversations")).conversations);
  } catch (problem) { toast(problem.message); }
}

function showHistory(rows) {
  $("history-empty").textContent = "No conversation yet. Each is kept on " + here() + " from its first question on.";
  $("history-empty").hidden = rows.length > 0;
  $("history-end").hidden = rows.length < 2;
  $("history-rows").replaceChildren(...rows.map((row) => {
    const about = row.articles.map(titleOf).join(", ");
    const detail = [when.format(new Date(row.updated)), row.questions === 1 ? "1 question" : row.questions + " questions", about].join(" · ");
    return h("li", { class: row.id === app.conversation ? "row now" : "row" },
      h("button", { type: "button", class: "open", "aria-current": row.id === app.conversation ? "true" : null, onclick: () => choose(row.id) },
        h("b", null, h("bdi", null, row.title)), h("small", null, detail)),
      button("Export as Markdown: " + row.title, "save", () => exportConversation(row), { title: "Export as Markdown" }),
      button("Erase: " + row.title, "trash", () => eraseConversation(row), { title: "Erase" }));
  }));
}

async function choose(id) {
  try {
    if (id !== app.conversation) await opening(() => openConversation(id)); // the present one goes on undisturbed
    $("history").close();
    if (narrow()) showTab("ask");
    $("question").focus();
  } catch (problem) { toast(problem.message); }
}

async function exportConversation(row) {
  try {
    const { markdown } = await call("export", { id: row.id });
    const name = row.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "conversation";
    const url = URL.createObjectURL(new Blob([markdown], { type: "text/markdown" }));
    const link = h("a", { href: url, download: name + ".md" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    toast("Exported as Markdown.");
  } catch (problem) { toast(problem.message); }
}

async function eraseConversation(row) {
  const all = !row;
  if (!(await confirmed(all ? "Erase all your conversations from " + here() + "?" : "Erase “" + row.title + "” from " + here() + "?", "Erase"))) return;
  try {
    if (all || row.id === app.conversation) { await stop(); await app.sending; }
    const { conversations } = await call("erase", all ? { all: true } : { id: row.id });
    if (all || row.id === app.conversation) newConversation();
    showHistory(conversations);
    toast("Erased.");
  } catch (problem) { toast(problem.message); }
}

// ------------------------------------------------------------------ articles

async function refreshArticles() {
  $("url-field").hidden = !app.allowUrl;
  showArticles();
  try {
    app.articles = (await call("articles")).articles;
    showArticles();
    showFormer();
  } catch (problem) { toast(problem.message); }
}

function showArticles() {
  $("articles-rows").replaceChildren(...app.articles.map((row) => {
    const chosen = app.scope.includes(row.id);
    const tick = h("input", { type: "checkbox", "aria-label": "Ask " + row.title, checked: chosen, onchange: (event) => tickArticle(row.id, event.target) });
    const detail = [row.author, row.date, row.words.toLocaleString("en") + " words"].filter(Boolean).join(" · ");
    return h("li", { class: shown.article && shown.article.id === row.id ? "row now" : "row" }, tick,
      h("button", { type: "button", class: "open", onclick: () => switchTo(row.id) }, h("b", null, h("bdi", null, row.title)), h("small", null, detail)),
      app.local && !row.seed ? button("Remove: " + row.title, "trash", () => removeArticle(row), { title: "Remove" }) : null);
  }));
}

function tickArticle(id, box) {
  const ids = box.checked ? [...app.scope, id] : app.scope.filter((one) => one !== id);
  if (!ids.length) { box.checked = true; toast("At least one article is asked."); return; }
  setScope(ids);
  if (!ids.includes(shown.article.id)) showArticle(ids[0]).catch((problem) => toast(problem.message));
  showShelf();
}

// Read and ask this one alone. What was said about another stays in a conversation of its own.
async function switchTo(id) {
  let here = false;
  try {
    await opening(async () => {
      here = await showArticle(id);
      if (!here || app.scope.join() === id) return;
      if (app.turns.length) newConversation([id]); else setScope([id]);
    });
  } catch (problem) { toast(problem.message); return; }
  if (!here) return;
  showShelf();
  if (!$("articles").open) return; // whoever closed it is at something else
  $("articles").close();
  if (narrow()) showTab("read"); else $("question").focus({ preventScroll: true });
}

async function removeArticle(row) {
  if (await confirmed("Remove “" + row.title + "” from this computer? Conversations about it stay.", "Remove")) await remove(row, "Removed.");
}

// Gives whether it could be removed.
async function remove(row, told) {
  try {
    app.articles = (await call("remove", { id: row.id })).articles;
    loadedArticles.delete(row.id);
    if (app.scope.includes(row.id)) {
      const rest = app.scope.filter((one) => one !== row.id);
      if (rest.length) setScope(rest); else newConversation([app.seed]);
    }
    if (shown.article.id === row.id) await showArticle(app.scope[0]);
    showShelf();
    showArticles();
    toast(told);
    return true;
  } catch (problem) { toast(problem.message); return false; }
}

// A file's name alone does not tell its former version from something else: the reader does.
const formers = new Map(); // by the id of what was brought: the id of what came from a file of the same name
const formerOf = (id) => app.local && app.articles.find((row) => row.id === formers.get(id) && !row.seed);
const sameName = (title) => "Another article, “" + title + "”, came from a file of the same name.";

function showFormer() {
  const row = formerOf(shown.article.id);
  if (row) $("former-what").textContent = sameName(row.title) + " Is this its new version?";
  else if ($("former").contains(document.activeElement)) $("scroll").focus({ preventScroll: true }); // the keyboard's place was there
  $("former").hidden = !row;
}

async function decideFormer(replace) {
  const { id } = shown.article;
  const row = formerOf(id);
  formers.delete(id);
  showFormer();
  if (replace && !(await remove(row, "Replaced."))) { formers.set(id, row.id); showFormer(); }
}

async function bring(file) {
  if ($("bring-go").disabled) { toast("One article at a time: the last one is still on its way."); return; }
  const problemBox = $("bring-problem");
  const stepBox = $("bring-step");
  const stopper = $("bring-stop");
  const step = (detail, share) => { stepBox.hidden = false; $("bring-what").replaceChildren(...progress(detail, share)); };
  problemBox.textContent = "";
  $("bring-go").disabled = true;
  try {
    const data = { title: $("title").value, text: $("text").value, url: $("url").value.trim() };
    if (file) {
      step("Sending " + file.name, null);
      const sent = await upload(file).catch(() => { throw new Problem("That file could not be sent. It may be too large (50 MB at most)."); });
      Object.assign(data, { path: sent.path, name: file.name });
    } else if (!data.text.trim() && !data.url) {
      throw new Problem("Choose a file, or paste the text of an article.");
    }
    step("Reading the article", null);
    const { job } = await call("bring", data);
    stopper.onclick = () => { stopper.disabled = true; call("cancel", { job }).catch(() => {}); }; // what fails came too late
    stopper.hidden = false;
    const { article, note, former } = await followBringing(job, step);
    // Only what was sent: something else may have been typed meanwhile.
    for (const [name, sent] of file ? [["title", data.title]] : [["title", data.title], ["text", data.text], ["url", data.url]]) {
      if ($(name).value.trim() === sent.trim()) $(name).value = "";
    }
    const open = $("articles").open; // whoever closed the drawer is at something else
    if (open) await switchTo(article.id);
    showFormer();
    const ready = (open ? "Ready: " : "Ready, under Articles: ") + article.title;
    const told = (...notes) => [ready, notes.filter(Boolean).join(" ")].filter(Boolean).join(". ");
    const same = former && sameName(former.title);
    toast(told(note, !formerOf(article.id) && same), told(note, same)); // what stays above the article is only read out
  } catch (problem) {
    problemBox.textContent = problem instanceof Problem ? problem.message : String(problem);
    if (!$("articles").open) toast(problemBox.textContent);
  } finally {
    const left = stopper.disabled; // the keyboard's place was on it
    stopper.disabled = false;
    stepBox.hidden = stopper.hidden = true;
    $("bring-go").disabled = false;
    if (left) $("bring-go").focus();
    $("file").value = "";
  }
}

async function followBringing(job, step) {
  for (let after = 0; ;) {
    const news = await call("follow", { job, after });
    after += news.events.length;
    for (const event of news.events) {
      if (event.kind === "step") step(event.detail, event.progress);
      if (event.kind === "failed") throw new Problem(event.message);
      if (event.kind === "added") {
        loadedArticles.set(event.article.id, event.article);
        app.articles = event.articles;
        formers.set(event.article.id, event.former && event.former.id);
        return event;
      }
    }
    if (news.done) throw new Problem("The article was not added. Try again.");
  }
}

// ------------------------------------------------------------------ settings

function showSettings() {
  const { model, base_url: address, has_key: hasKey, strictness } = app.settings;
  const who = model === "builtin" ? "builtin" : "other";
  root.querySelector('[name=who][value="' + who + '"]').checked = true;
  root.querySelector('[name=strictness][value="' + strictness + '"]').checked = true;
  $("model").value = who === "other" ? model : "";
  $("address").value = address || "";
  $("key").value = "";
  $("key-note").textContent = hasKey ? "(one is set; leave empty to keep it)" : "(if it wants one)";
  $("other").hidden = who === "builtin";
  $("settings-problem").textContent = "";
  $("settings-fields").disabled = !app.local;
  $("settings-locked").hidden = app.local;
}

// Gradio describes the endpoints in a drawer of its own; only the button of its footer, which we hide, loads that.
function describeEndpoints(event) {
  const opener = document.querySelector("footer button.show-api");
  if (!opener) return; // another Gradio: the link's address may do
  event.preventDefault();
  $("settings").close();
  opener.click();
}

async function configure() {
  const other = root.querySelector("[name=who]:checked").value === "other";
  const problemBox = $("settings-problem");
  problemBox.textContent = "";
  try {
    if (other && !$("model").value.trim()) throw new Problem("Name the model that shall answer.");
    const state = await call("configure", {
      model: other ? $("model").value : "builtin", base_url: other ? $("address").value : "", api_key: other ? $("key").value : "",
      strictness: root.querySelector("[name=strictness]:checked").value,
    });
    app.settings = state.settings;
    $("settings").close();
    toast("Applied.");
    watchLoading(state.loading);
  } catch (problem) { problemBox.textContent = problem.message; }
}
