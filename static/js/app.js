// What the staff's pages do beyond plain HTML. Every part is a comfort: without it links and
// forms work all the same.
import "./drafts.js";

const typing = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select"));

// --- Keys -----------------------------------------------------------------------------------
let first = "";
let forget = 0;

const follow = (keys) => {
  const link = [...document.querySelectorAll("[data-shortcut]")].find(
    (each) => each.dataset.shortcut === keys,
  );
  link?.click();
  return Boolean(link);
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    closeMenus();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const box = document.querySelector("[data-focus-key='/']");
    if (box?.offsetParent) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  } else if (event.key === "?") {
    document.getElementById("shortcuts")?.showModal();
  } else if (first) {
    const keys = `${first} ${event.key}`;
    first = "";
    if (follow(keys)) event.preventDefault();
  } else if (event.key === "g") {
    first = "g";
    clearTimeout(forget);
    forget = setTimeout(() => (first = ""), 1500);
  } else if (follow(event.key)) {
    event.preventDefault();
  }
});

// --- Menus ----------------------------------------------------------------------------------
function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu === except) continue;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside && !except) menu.querySelector("summary")?.focus();
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
});

// --- Dialogs --------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-dialog], button[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      closeMenus();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  }
});

// A refused dialog comes back open; from here on it behaves like any other.
const openDialogs = () => {
  for (const dialog of document.querySelectorAll("dialog.sheet[open]:not(:modal)")) {
    dialog.close();
    dialog.showModal();
  }
};
openDialogs();

// --- Toasts ---------------------------------------------------------------------------------
const STAYS = 7000;

const prepareToasts = () => {
  const area = document.querySelector("[data-toasts]");
  for (const toast of area?.querySelectorAll("[data-toast]:not([data-ready])") ?? []) {
    toast.dataset.ready = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-close";
    button.textContent = "×";
    button.setAttribute("aria-label", area.dataset.dismissLabel);
    button.addEventListener("click", () => toast.remove());
    toast.append(button);
    // What went wrong stays until it was read.
    if (toast.matches(".toast-error, .toast-warning")) continue;
    let timer = setTimeout(() => toast.remove(), STAYS);
    const hold = () => clearTimeout(timer);
    const go = () => (timer = setTimeout(() => toast.remove(), STAYS));
    toast.addEventListener("mouseenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("mouseleave", go);
    toast.addEventListener("focusout", go);
  }
};
prepareToasts();
document.body.addEventListener("htmx:afterSettle", () => {
  prepareToasts();
  openDialogs();
});

// --- Forms ----------------------------------------------------------------------------------
document.querySelector("[data-summary]")?.focus();

// A double click is one act; the button comes back when the page does.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  // A preview in another window leaves this page to be sent later.
  if (event.submitter?.formTarget === "_blank") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // A form whose answer is a file leaves the page as it is.
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) delete form.dataset.sent;
});
