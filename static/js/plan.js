/* The editor of a payment plan: the sum of its parts beside what they must come to. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-plan]");
  if (!form) {
    return;
  }
  const total = Math.round(Number(form.dataset.plan) * 100);
  const together = form.querySelector("[data-plan-together]");
  const off = form.querySelector("[data-plan-off]");
  const money = new Intl.NumberFormat(off.dataset.language || undefined, {
    style: "currency",
    currency: off.dataset.currency,
  });

  function centsOf(text) {
    let compact = text.replace(/\s/g, "");
    if (compact.includes(",") && compact.includes(".")) {
      compact = compact.replaceAll(compact.lastIndexOf(".") > compact.lastIndexOf(",") ? "," : ".", "");
    }
    const amount = Number(compact.replace(",", "."));
    return Number.isFinite(amount) ? Math.round(amount * 100) : 0;
  }

  function reckon() {
    const sum = Array.from(form.querySelectorAll("input[name^='amount-']")).reduce(
      (before, field) => before + centsOf(field.value),
      0,
    );
    together.textContent = money.format(sum / 100);
    off.hidden = sum === total;
    const words = sum > total ? off.dataset.over : off.dataset.under;
    off.textContent = `${words} ${money.format(Math.abs(total - sum) / 100)}`;
  }

  form.addEventListener("input", reckon);
  reckon();
})();
