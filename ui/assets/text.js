// The page's own small tools. All scripts here share one scope, that of Gradio's js_on_load.
// Text of articles, models and readers only ever becomes text nodes: no innerHTML anywhere.

const root = element.querySelector(".ac");
const $ = (id) => root.querySelector("#ac-" + id);

const PATHS = {
  plus: "M12 5v14M5 12h14", history: "M3 12a9 9 0 1 0 3-6.7L3 8M3 3v5h5M12 7v5l3 2", close: "M6 6l12 12M18 6L6 18",
  pages: "M8 3h8l4 4v10H8zM16 3v4h4M4 7v14h12", sliders: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4", back: "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 6 6v4",
  down: "M12 5v14M6 13l6 6 6-6", next: "M5 12h14M13 6l6 6-6 6", edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4", retry: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1", good: "M7 11v9H3v-9zM7 11l4-8a3 3 0 0 1 3 3v4h6l-2 10H7", bad: "M17 13V4h4v9zM17 13l-4 8a3 3 0 0 1-3-3v-4H4l2-10h11",
  save: "M12 4v11M7 11l5 5 5-5M4 20h16", trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// h("button", {class: "icon", onclick: f}, child, "text"): an element; a property of null or false is left out.
function h(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function button(label, iconName, onclick, properties) {
  return h("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick, ...properties }, icon(iconName));
}

// Offsets in answers count characters; a string of the browser counts UTF-16 units. This converts.
function unitsOf(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (offset) => offset;
  const units = [];
  let unit = 0;
  for (const character of text) { units.push(unit); unit += character.length; }
  units.push(unit);
  return (offset) => units[Math.min(offset, units.length - 1)];
}

let secret = "";
function reader() {
  // Tells this browser from others on a shared server. On one's own computer the server does not need it.
  secret = secret || remembered("reader");
  if (!secret) {
    secret = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    remember("reader", secret);
  }
  return secret;
}

function remember(key, value, store) {
  try {
    const kept = store || localStorage;
    if (value) kept.setItem("article-chat-" + key, value); else kept.removeItem("article-chat-" + key);
  } catch { /* a browser that keeps nothing still works, until it is closed */ }
}

function remembered(key, store) {
  try { return (store || localStorage).getItem("article-chat-" + key) || ""; } catch { return ""; }
}

class Problem extends Error {}

// Ask the program for something. Throws a Problem whose message is meant for the reader.
async function call(action, data) {
  let result;
  try {
    result = await server.page_call({ action, reader: reader(), ...data });
  } catch (error) {
    result = null;
  }
  if (!result || typeof result !== "object" || (result.detail && !("error" in result) && action !== "loading")) {
    const problem = new Problem("Article Chat does not answer. Is it still running in its terminal?");
    problem.lost = true;
    throw problem;
  }
  if (result.error && action !== "loading") throw new Problem(result.error);
  return result;
}

// What stands outside of an open dialog is behind it, and not read out either: it moves in.
function inReach(id) {
  const place = [...root.querySelectorAll("dialog[open]")].pop() || root;
  if ($(id).parentNode !== place) place.append($(id));
  return $(id);
}

function say(text, id = "say") {
  const node = inReach(id);
  node.textContent = "";
  requestAnimationFrame(() => { node.textContent = text; });
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const narrow = () => matchMedia("(max-width: 760px)").matches;
const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);

let toastTimer = 0;
function toast(text, spoken = text) {
  const node = inReach("toast");
  node.textContent = text;
  node.hidden = false;
  say(spoken);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, Math.max(2600, 70 * text.length));
}

// How far something has come: a bar beside its words. It is read out when it gets to something else, or a quarter further.
let toldOf = "";
function progress(detail, share) {
  const known = typeof share === "number";
  const percent = known ? Math.round(100 * Math.min(1, Math.max(0, share))) : null;
  const now = detail + (known ? Math.floor(percent / 25) : "");
  if (now !== toldOf) {
    toldOf = now;
    say(detail + (known ? ", " + percent + " %" : ""));
  }
  const bar = h("span", { class: known ? "gauge known" : "gauge", role: "progressbar", "aria-label": detail, "aria-valuenow": percent },
    h("i", known ? { style: "width:" + percent + "%" } : null));
  return [bar, h("span", null, detail + (known ? " · " + percent + " %" : ""))];
}

function confirmed(question, yes) {
  const dialog = $("confirm");
  $("confirm-text").textContent = question;
  $("confirm-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed on a page that came over plain http from another computer
    const box = h("textarea", { class: "vh", "aria-hidden": "true" });
    box.value = text;
    root.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
