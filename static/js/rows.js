/* Rows of an editor: added, moved, copied, taken away and brought back without a round trip.
 *
 * Every button is a submit button that the server understands too; this only does the same at
 * once. A row's fields carry its own key in their names and the order of the hidden fields is the
 * order of the rows, so nothing is ever renamed.
 *
 * `editRows(form, own)` takes what differs from editor to editor:
 *   pattern(kind)    the template that a new row is made of
 *   main(row)        the field that names a row, to which the focus goes
 *   added(row, kind) called with a new row that stands in its place
 *   copies(name)     whether a copy has this field of its original
 *   changed(rows)    called when the rows are other ones; those not taken away, in their order
 * and returns `changed`, to be called when rows came or went in another way.
 */
window.editRows = function (form, own) {
  "use strict";

  const PATTERN_KEY = /__key__/g;

  const news = form.querySelector("[data-editor-news]");

  // Asked each time: the list may be put in anew.
  function list() {
    return form.querySelector("[data-rows]");
  }

  function kept() {
    return Array.from(list().querySelectorAll("[data-row]")).filter(function (row) {
      return row.querySelector("[data-removed]").value !== "1";
    });
  }

  function say(words, row) {
    news.textContent = form.dataset[words].replace("%s", kept().indexOf(row) + 1);
  }

  /* Tells htmx and the guard against unsaved changes that the page is another one now. */
  function changed() {
    own.changed(kept());
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function newKey() {
    if (window.crypto && window.crypto.randomUUID) {
      return window.crypto.randomUUID();
    }
    // Without https there is no randomUUID; getRandomValues there is.
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, "0");
    }).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function freshRow(kind) {
    const holder = document.createElement("template");
    holder.innerHTML = own.pattern(kind).innerHTML.replace(PATTERN_KEY, newKey());
    return holder.content.firstElementChild;
  }

  /* The part of a field's name that is the same in every row. */
  function shortName(field) {
    return field.name.slice(field.name.lastIndexOf("-") + 1);
  }

  function add(kind) {
    const row = freshRow(kind);
    list().append(row);
    own.added(row, kind);
    changed();
    own.main(row).focus();
    say("saidAdded", row);
  }

  function copy(row) {
    const twin = freshRow(row.dataset.kind);
    row.querySelectorAll("[data-row-body] :is(input, select, textarea)").forEach(function (source) {
      const name = shortName(source);
      if (!own.copies(name)) {
        return;
      }
      const target = twin.querySelector("[name$='-" + name + "']");
      if (source.type === "checkbox") {
        target.checked = source.checked;
      } else {
        target.value = source.value;
      }
    });
    twin.querySelectorAll("details").forEach(function (details, index) {
      details.open = row.querySelectorAll("details")[index].open;
    });
    row.after(twin);
    changed();
    own.main(twin).focus();
    say("saidCopied", twin);
  }

  function setGone(row, gone) {
    row.querySelector("[data-removed]").value = gone ? "1" : "";
    row.querySelector("[data-row-body]").hidden = gone;
    row.querySelector("[data-row-gone]").hidden = !gone;
    row.querySelector("[data-row-title]").textContent = own.main(row).value.trim();
  }

  function remove(row) {
    setGone(row, true);
    changed();
    row.querySelector("[data-act='restore']").focus();
    news.textContent = form.dataset.saidRemoved;
  }

  function restore(row) {
    setGone(row, false);
    changed();
    own.main(row).focus();
    say("saidRestored", row);
  }

  function move(row, step, focused) {
    const order = kept();
    const target = order[order.indexOf(row) + step];
    if (!target) {
      return;
    }
    if (step < 0) {
      target.before(row);
    } else {
      target.after(row);
    }
    changed();
    focused.focus();
    row.scrollIntoView({ block: "nearest" });
    say("saidMoved", row);
  }

  form.addEventListener("click", function (event) {
    const button = event.target.closest("button[data-act]");
    if (!button) {
      return;
    }
    const row = button.closest("[data-row]");
    const acts = {
      add: function () {
        add(button.dataset.kind);
      },
      copy: function () {
        copy(row);
      },
      remove: function () {
        remove(row);
      },
      restore: function () {
        restore(row);
      },
      up: function () {
        move(row, -1, button);
      },
      down: function () {
        move(row, +1, button);
      },
    };
    event.preventDefault();
    acts[button.dataset.act]();
  });

  form.addEventListener("keydown", function (event) {
    const row = event.target.closest("[data-row]");
    const step = { ArrowUp: -1, ArrowDown: +1 }[event.key];
    if (row && step && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      move(row, step, event.target);
    }
  });

  return { changed: changed };
};
