/* The checklist editor: rows are added, moved, copied, taken away and brought back at once.
 *
 * Every button here is a submit button that the server understands too; this script only does
 * the same without a round trip. A row's fields carry its own key in their names and the order
 * of the hidden `rows` fields is the order of the rows, so nothing is ever renamed.
 */
(function () {
  "use strict";

  const PATTERN_KEY = /__key__/g;

  const form = document.querySelector("form[data-checklist-editor]");
  if (!form) {
    return;
  }
  const list = form.querySelector("[data-rows]");
  const news = form.querySelector("[data-editor-news]");

  function isGone(row) {
    return row.querySelector("[data-removed]").value === "1";
  }

  function kept() {
    return Array.from(list.querySelectorAll("[data-row]")).filter(function (row) {
      return !isGone(row);
    });
  }

  function nameOf(row) {
    return row.querySelector(".check-name input");
  }

  function say(words, row) {
    news.textContent = form.dataset[words].replace("%s", kept().indexOf(row) + 1);
  }

  /* Tells the guard against unsaved changes that the page is another one now. */
  function changed() {
    form.dispatchEvent(new Event("input", { bubbles: true }));
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

  function freshRow(sort) {
    const holder = document.createElement("template");
    holder.innerHTML = form
      .querySelector("template[data-pattern='" + sort + "']")
      .innerHTML.replace(PATTERN_KEY, newKey());
    return holder.content.firstElementChild;
  }

  /* The part of a field's name that is the same in every row. */
  function shortName(field) {
    return field.name.slice(field.name.lastIndexOf("-") + 1);
  }

  function add(sort) {
    const row = freshRow(sort);
    list.append(row);
    changed();
    nameOf(row).focus();
    say("saidAdded", row);
  }

  function copy(row) {
    const twin = freshRow(row.dataset.sort);
    row.querySelectorAll("[data-row-body] :is(input, select, textarea)").forEach(function (source) {
      const target = twin.querySelector("[name$='-" + shortName(source) + "']");
      // Two items compared with the same could not be told apart.
      if (!["pair_key", "kept_pair"].includes(shortName(source))) {
        target.value = source.value;
      }
    });
    row.after(twin);
    changed();
    nameOf(twin).focus();
    say("saidCopied", twin);
  }

  function setGone(row, gone) {
    row.querySelector("[data-removed]").value = gone ? "1" : "";
    row.querySelector("[data-row-body]").hidden = gone;
    row.querySelector("[data-row-gone]").hidden = !gone;
    row.querySelector("[data-row-title]").textContent = nameOf(row).value.trim();
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
    nameOf(row).focus();
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
        add(button.dataset.sort);
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
})();
