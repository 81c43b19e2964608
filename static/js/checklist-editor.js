/* The checklist editor: sections and items as rows (rows.js). */
(function () {
  "use strict";

  const form = document.querySelector("form[data-checklist-editor]");
  if (!form) {
    return;
  }

  window.editRows(form, {
    pattern: function (kind) {
      return form.querySelector("template[data-pattern='" + kind + "']");
    },
    main: function (row) {
      return row.querySelector(".check-name input");
    },
    added: function () {},
    // Two items compared with the same could not be told apart.
    copies: function (name) {
      return !["pair_key", "kept_pair"].includes(name);
    },
    changed: function () {},
  });
})();
