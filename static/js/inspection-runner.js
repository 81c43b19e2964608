// The runner in the bay. Items are saved one by one as they are touched, files go up beside the
// page, two at a time; what did not get through stays on the page and is tried again. Without
// this script every card is a plain form with a button.
const runner = document.querySelector("[data-runner]");
const said = runner.dataset;
const news = runner.querySelector("[data-runner-news]");
const tell = (words) => (news.textContent = words);

const fill = (words, facts) => words.replace(/%\((\w+)\)s/g, (_, name) => facts[name]);

// Of two answers that overtook each other the one that was read last stays on the page.
const isStale = (part, old) => Number(part.dataset.asOf ?? 0) < Number(old.dataset.asOf ?? 0);

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.fragment.firstElementChild;
  if (part && isStale(part, event.detail.target)) event.detail.shouldSwap = false;
});

// The answer to anything that was sent brings parts of the page by their ids.
const takeParts = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const part of [...holder.content.children]) {
    const old = part.id && document.getElementById(part.id);
    if (!old || isStale(part, old)) continue;
    part.removeAttribute("hx-swap-oob");
    old.replaceWith(part);
    window.htmx.process(part);
  }
};

// --- Saving items ---------------------------------------------------------------------------
const AGAIN_AFTER = 10_000;
const unsaved = new Set();
let touchedAt = 0;
document.addEventListener("pointerdown", () => (touchedAt = Date.now()));

const holderOf = (form) => form.closest("[data-look]") ?? form;
const saves = (form) => form?.matches?.("[data-look-form], [data-note-form]");

const setUnsaved = (form, words) => {
  const holder = holderOf(form).querySelector("[data-unsaved]");
  holder.hidden = !words;
  holder.querySelector("[data-unsaved-words]").textContent = words;
  holderOf(form).classList.toggle("is-unsaved", Boolean(words));
  holderOf(form).classList.toggle("needs-reason", words === said.saidWhy);
  if (words) unsaved.add(form);
  else unsaved.delete(form);
};

const saveAgain = (form) => window.htmx.trigger(form, "save");

const trySavingAgain = () => {
  for (const form of unsaved) if (!needsReason(form)) saveAgain(form);
};
window.addEventListener("online", trySavingAgain);
setInterval(() => navigator.onLine && trySavingAgain(), AGAIN_AFTER);

const chosen = (form) => form.querySelector("input[name='result']:checked")?.value ?? "";

const needsReason = (form) =>
  form.matches("[data-look-form]") &&
  chosen(form) === "not_inspected" &&
  !form.elements.reason.value.trim();

document.body.addEventListener("htmx:confirm", (event) => {
  const form = event.detail.elt;
  if (!saves(form) || !needsReason(form)) return;
  // Nothing is wrong yet: the reason is only about to be given.
  event.preventDefault();
  setUnsaved(form, said.saidWhy);
});

// What is being typed is saved at the first pause, not only when the field is left.
const PAUSE = 1_500;
const typed = new Map();
runner.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!saves(form) || !event.target.matches("textarea, input:not([type='radio'])")) return;
  clearTimeout(typed.get(form));
  typed.set(form, setTimeout(() => saveAgain(form), PAUSE));
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!saves(form)) return;
  clearTimeout(typed.get(form));
  typed.delete(form);
  holderOf(form).classList.add("is-saving");
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!saves(form)) return;
  holderOf(form).classList.remove("is-saving");
  const status = event.detail.xhr.status;
  // 409 and 422 bring sentences of their own; whatever else is not our page is no answer at all.
  const answered = [200, 409, 422].includes(status);
  const loggedOut = status === 200 && event.detail.xhr.responseURL.includes("/login");
  if (answered && !loggedOut) setUnsaved(form, "");
  else setUnsaved(form, loggedOut || status === 403 ? said.saidLoggedOut : said.saidUnsaved);
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (!target?.matches?.("[data-said]")) return;
  const look = document.getElementById(target.id)?.closest("[data-look]");
  const state = look?.querySelector("[data-said]");
  if (!look || !state) return;
  if (state.matches("[data-refused]")) {
    look.querySelector("[data-notes]").open = true;
  } else if (state.matches("[data-done]") && wantsNext(look)) {
    goOn(look);
  }
});

// Only a finger or a mouse is carried on; with the arrow keys one passes through the results.
let lastTouched = null;
const wantsNext = (look) => lastTouched === look;

const goOn = (look) => {
  lastTouched = null;
  const all = [...runner.querySelectorAll("[data-look]")];
  const next = all
    .slice(all.indexOf(look) + 1)
    .find((each) => !chosen(each.querySelector("[data-look-form]")));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  (next ?? document.getElementById("finish")).scrollIntoView({
    behavior: calm ? "auto" : "smooth",
    block: "start",
  });
};

runner.addEventListener("change", (event) => {
  const look = event.target.closest("[data-look]");
  lastTouched =
    event.target.name === "result" && Date.now() - touchedAt < 700 ? look : null;
});

runner.addEventListener("click", (event) => {
  const quick = event.target.closest("[data-quick-reason]");
  if (quick) {
    const input = quick.closest("form").elements.reason;
    input.value = quick.textContent.trim();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  const again = event.target.closest("[data-save-again]");
  if (again) {
    const holder = again.closest("[data-look], [data-note-form]");
    const form = holder.matches("form") ? holder : holder.querySelector("[data-look-form]");
    if (needsReason(form)) form.elements.reason.focus();
    else saveAgain(form);
  }
});

// --- What a measurement suggests ------------------------------------------------------------
const numberIn = (text) => {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
};

const suggest = (look, value) => {
  const limit = (name) => (name in look.dataset ? Number(look.dataset[name]) : null);
  const below = (name) => limit(name) !== null && value < limit(name);
  const above = (name) => limit(name) !== null && value > limit(name);
  if (below("urgentBelow") || above("urgentAbove")) return "urgent";
  if (below("attentionBelow") || above("attentionAbove")) return "attention";
  return "ok";
};

const hasLimits = (look) =>
  ["urgentBelow", "attentionBelow", "attentionAbove", "urgentAbove"].some(
    (name) => name in look.dataset,
  );

runner.addEventListener("input", (event) => {
  if (event.target.name !== "measurement") return;
  const look = event.target.closest("[data-look]");
  const value = numberIn(event.target.value);
  if (value === null || !hasLimits(look)) return;
  const wanted = look.querySelector(`input[name='result'][value='${suggest(look, value)}']`);
  // A result that somebody chose themselves is not taken away from them.
  const now = look.querySelector("input[name='result']:checked");
  if (now && now !== wanted && !("byMeasure" in now.dataset)) return;
  for (const each of look.querySelectorAll("[data-by-measure]")) delete each.dataset.byMeasure;
  wanted.checked = true;
  wanted.dataset.byMeasure = "";
  look.querySelector("p[data-suggested]").textContent = wanted
    .closest("label")
    .textContent.trim();
});

// --- Uploads --------------------------------------------------------------------------------
const MOST_AT_ONCE = 2;
const WAITING = "waiting";
const SENDING = "sending";
const SENT = "sent";
const FAILED = "failed";
const REFUSED = "refused";
const uploads = new Set();

const inState = (...states) => [...uploads].filter((each) => states.includes(each.state));

const sizeIn = (bytes, unit, places) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: places,
  }).format(bytes);
const readable = (bytes) =>
  bytes < 1024 * 1024
    ? sizeIn(Math.ceil(bytes / 1024), "kilobyte", 0)
    : sizeIn(bytes / 1024 / 1024, "megabyte", 1);

class Upload {
  constructor(file, input) {
    this.file = file;
    this.slot = input.closest("[data-slot]");
    this.form = input.form;
    this.source = input.dataset.upload;
    this.row = runner
      .querySelector("[data-upload-row]")
      .content.firstElementChild.cloneNode(true);
    this.bar = this.row.querySelector("progress");
    this.row.querySelector("[data-name]").textContent = file.name;
    this.row.querySelector("[data-size]").textContent = readable(file.size);
    this.bar.setAttribute("aria-label", `${this.slot.dataset.slotLabel}: ${file.name}`);
    for (const button of this.row.querySelectorAll("button")) {
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${file.name}`);
    }
    this.row.querySelector("[data-retry]").addEventListener("click", () => this.retry());
    this.row.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    this.slot.querySelector("[data-uploads]").append(this.row);
    uploads.add(this);
    if (file.size > Number(said.largest)) this.become(REFUSED, said.saidTooLarge);
    else this.become(WAITING, said.saidWaiting);
  }

  become(state, words) {
    this.state = state;
    this.row.dataset.state = state;
    this.row.querySelector("[data-state]").textContent = words;
    this.row.querySelector("[data-retry]").hidden = state !== FAILED;
    this.bar.hidden = state === REFUSED || state === FAILED;
  }

  send() {
    this.become(SENDING, "");
    this.bar.value = 0;
    const body = new FormData();
    body.append("shot", this.form.elements.shot.value);
    body.append("source", this.source);
    body.append("file", this.file, this.file.name);
    // No time limit: on a slow line a video takes as long as it takes.
    this.request = new XMLHttpRequest();
    this.request.open("POST", this.form.action);
    this.request.setRequestHeader("Accept", "application/json");
    this.request.setRequestHeader(
      "X-CSRFToken",
      JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    );
    this.request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      this.bar.value = (100 * event.loaded) / event.total;
      this.row.querySelector("[data-state]").textContent =
        `${readable(Math.min(event.loaded, this.file.size))} / ${readable(this.file.size)}`;
    });
    this.request.addEventListener("load", () => this.answered());
    this.request.addEventListener("error", () => this.fail(said.saidOffline));
    this.request.send(body);
  }

  answered() {
    const { status, responseURL } = this.request;
    let answer = null;
    try {
      answer = JSON.parse(this.request.responseText);
    } catch {
      // A page instead of an answer: the log-in, or a gateway's own words.
    }
    if (status === 201 && answer) this.finish(answer);
    else if (status === 403 || responseURL.includes("/login")) this.fail(said.saidLoggedOut);
    else if (answer?.message && status < 500) this.refuse(answer.message);
    else this.fail(answer?.message ?? said.saidFailed);
  }

  finish(answer) {
    this.become(SENT, said.saidSent);
    this.row.remove();
    const holder = document.createElement("template");
    holder.innerHTML = answer.html.trim();
    const tile = holder.content.firstElementChild;
    document.getElementById(tile.id)?.remove();
    this.slot.querySelector("[data-tiles]").append(tile);
    window.htmx.process(tile);
    takeParts(answer.parts);
    settled();
  }

  fail(words) {
    this.become(FAILED, words);
    tell(`${this.file.name}: ${words}`);
    settled();
  }

  refuse(words) {
    this.become(REFUSED, words);
    tell(`${this.file.name}: ${words}`);
    settled();
  }

  retry() {
    this.become(WAITING, said.saidWaiting);
    work();
  }

  cancel() {
    uploads.delete(this);
    if (this.state === SENDING) this.request.abort();
    this.row.remove();
    tell(`${this.file.name}: ${said.saidCancelled}`);
    settled();
  }
}

const work = () => {
  const free = MOST_AT_ONCE - inState(SENDING).length;
  for (const next of inState(WAITING).slice(0, free)) next.send();
  draw();
};

const settled = () => {
  if (!inState(WAITING, SENDING).length) {
    const done = inState(SENT).length;
    if (done) tell(fill(said.saidProgress, { done, all: done + inState(FAILED, REFUSED).length }));
    for (const each of inState(SENT)) uploads.delete(each);
  }
  work();
};

const draw = () => {
  const bar = runner.querySelector("[data-upload-bar]");
  const open = inState(WAITING, SENDING).length;
  const failed = inState(FAILED).length;
  const words = [];
  if (open) {
    const done = inState(SENT).length;
    words.push(fill(said.saidProgress, { done, all: done + open + failed }));
  }
  if (failed) words.push(fill(said.saidNotSent, { count: failed }));
  bar.querySelector("[data-upload-words]").textContent = words.join(" · ");
  bar.querySelector("[data-retry-all]").hidden = !failed;
  bar.hidden = !words.length;
};

const retryAll = () => {
  for (const each of inState(FAILED)) each.become(WAITING, said.saidWaiting);
  work();
};
runner.querySelector("[data-retry-all]").addEventListener("click", retryAll);
window.addEventListener("online", retryAll);

runner.addEventListener("change", (event) => {
  const input = event.target.closest("input[data-upload]");
  if (!input) return;
  for (const file of [...input.files]) {
    const upload = new Upload(file, input);
    if (upload.state === REFUSED) tell(`${file.name}: ${said.saidTooLarge}`);
  }
  // The same file can be chosen again after it was taken away.
  input.value = "";
  work();
});

// --- Leaving --------------------------------------------------------------------------------
window.addEventListener("beforeunload", (event) => {
  if (unsaved.size || typed.size || inState(WAITING, SENDING, FAILED).length) event.preventDefault();
});
