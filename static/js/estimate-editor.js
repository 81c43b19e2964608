/* The line editor of estimates, invoices and frequent jobs: lines as rows (rows.js). */
(function () {
  "use strict";

  const form = document.querySelector("form[data-line-editor]");
  if (!form) {
    return;
  }

  function field(row, name) {
    return row.querySelector("[name$='-" + name + "']");
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

  const editor = window.editRows(form, {
    pattern: function () {
      return form.querySelector("template[data-pattern]");
    },
    main: function (row) {
      return field(row, "description");
    },
    added: function (row, kind) {
      field(row, "kind").value = kind;
      fitPrice(row);
    },
    copies: function () {
      return true;
    },
    changed: function (rows) {
      rows.forEach(function (row, index) {
        row.querySelectorAll("[data-position]").forEach(function (place) {
          place.textContent = index + 1;
        });
      });
    },
  });

  // A frequent job was put in: the rows are new ones.
  form.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.matches("[data-rows]")) {
      editor.changed();
    }
  });

  form.addEventListener("change", function (event) {
    const row = event.target.closest("[data-row]");
    if (row && event.target === field(row, "kind")) {
      fitPrice(row);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
