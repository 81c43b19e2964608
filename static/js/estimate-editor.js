/* The line editor: rows are moved, copied, taken away and brought back without a round trip.
 *
 * Every button here is a submit button that the server understands too; this script only does
 * the same at once. A row's fields carry its own key in their names and the order of the hidden
 * `lines` fields is the order of the rows, so nothing is ever renamed.
 */
(function () {
  "use strict";

  const PATTERN_KEY = /__key__/g;

  const form = document.querySelector("form[data-line-editor]");
  if (!form) {
    return;
  }
  const news = form.querySelector("[data-editor-news]");

  function rowsOf() {
    return form.querySelector("[data-lines]");
  }

  function rows() {
    return Array.from(rowsOf().querySelectorAll("[data-line]"));
  }

  function isGone(row) {
    return row.querySelector("[data-removed]").value === "1";
  }

  function kept() {
    return rows().filter(function (row) {
      return !isGone(row);
    });
  }

  function field(row, name) {
    return row.querySelector("[name$='-" + name + "']");
  }

  function say(words, row) {
    news.textContent = form.dataset[words].replace("%s", kept().indexOf(row) + 1);
  }

  /* Tells htmx and the guard against unsaved changes that the page is another one now. */
  function changed() {
    kept().forEach(function (row, index) {
      row.querySelectorAll("[data-position]").forEach(function (place) {
        place.textContent = index + 1;
      });
    });
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

  function freshRow() {
    const holder = document.createElement("template");
    holder.innerHTML = form
      .querySelector("template[data-line-pattern]")
      .innerHTML.replace(PATTERN_KEY, newKey());
    return holder.content.firstElementChild;
  }

  function isHourly(kind) {
    return form.dataset.hourlyKinds.split(" ").includes(kind);
  }

  /* Labour takes the shop's rate; a part must not keep it. A price that was typed stays. */
  function fitPrice(row) {
    const price = field(row, "unit_price");
    const rate = form.dataset.labourRate;
    if (!rate) {
      return;
    }
    if (isHourly(field(row, "kind").value)) {
      price.value = price.value.trim() || rate;
    } else if (price.value === rate) {
      price.value = "";
    }
  }

  function add(kind) {
    const row = freshRow();
    rowsOf().append(row);
    field(row, "kind").value = kind;
    fitPrice(row);
    changed();
    field(row, "description").focus();
    say("saidAdded", row);
  }

  function copy(row) {
    const twin = freshRow();
    const own = row.querySelectorAll("[data-line-body] :is(input, select, textarea)");
    own.forEach(function (source) {
      const target = field(twin, source.name.slice(source.name.lastIndexOf("-") + 1));
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
    field(twin, "description").focus();
    say("saidCopied", twin);
  }

  function setGone(row, gone) {
    row.querySelector("[data-removed]").value = gone ? "1" : "";
    row.querySelector("[data-line-body]").hidden = gone;
    row.querySelector("[data-line-gone]").hidden = !gone;
    row.querySelector("[data-line-title]").textContent = field(row, "description").value.trim();
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
    field(row, "description").focus();
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
    (focused || field(row, "description")).focus();
    row.scrollIntoView({ block: "nearest" });
    say("saidMoved", row);
  }

  form.addEventListener("click", function (event) {
    const button = event.target.closest("button[data-act]");
    if (!button) {
      return;
    }
    const row = button.closest("[data-line]");
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
    const row = event.target.closest("[data-line]");
    const step = { ArrowUp: -1, ArrowDown: +1 }[event.key];
    if (row && step && event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      move(row, step, event.target);
    }
  });

  // A frequent job was put in: the rows are new ones.
  form.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.matches("[data-lines]")) {
      changed();
    }
  });

  form.addEventListener("change", function (event) {
    const row = event.target.closest("[data-line]");
    if (row && event.target === field(row, "kind")) {
      fitPrice(row);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
