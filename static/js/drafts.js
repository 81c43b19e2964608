// Leaving a form with unsaved changes asks first: every form with data-guard.
// A form that came back refused, or half done, holds what was typed and nothing keeps yet.
const changed = new Set(
  document.querySelectorAll("form[data-guard]:has(.has-error), form[data-guard][data-unsaved]"),
);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  changed.delete(event.target);
});

window.addEventListener("beforeunload", (event) => {
  for (const form of changed) if (!form.isConnected) changed.delete(form);
  if (changed.size) event.preventDefault();
});
