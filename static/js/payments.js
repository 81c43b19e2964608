// How a payment is divided, as it is typed. Without it the server divides all the same.
const LANGUAGE = document.documentElement.lang;

const money = (cents, currency) =>
  new Intl.NumberFormat(LANGUAGE, { style: "currency", currency }).format(cents / 100);

// What people type: comma or point, spaces as thousands marks. Whole cents, or null.
const centsOf = (text) => {
  let compact = text.replace(/\s/g, "");
  if (compact.includes(",") && compact.includes(".")) {
    const thousands = compact.lastIndexOf(".") > compact.lastIndexOf(",") ? "," : ".";
    compact = compact.replaceAll(thousands, "");
  }
  compact = compact.replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(compact) ? Math.round(Number(compact) * 100) : null;
};

const typedAs = (cents) =>
  new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, useGrouping: false }).format(cents / 100);

for (const form of document.querySelectorAll("form[data-till]")) {
  const sums = form.querySelector("[data-divide-sums]");
  if (!sums) continue;
  const amount = form.elements.amount;
  const ways = [...form.querySelectorAll("input[name='way']")];
  const rows = [...form.querySelectorAll("[data-most]")].map((cell) => ({
    input: cell.querySelector("input"),
    most: centsOf(cell.dataset.most),
    balance: centsOf(cell.dataset.balance),
  }));
  const currency = form.dataset.currency;
  const way = () => ways.find((each) => each.checked)?.value ?? "oldest";
  const total = () => centsOf(form.dataset.fixed ?? amount.value) ?? 0;

  const suggest = () => {
    let left = way() === "account" ? 0 : total();
    for (const row of rows) {
      const part = Math.min(left, row.most);
      left -= part;
      row.input.value = part > 0 ? typedAs(part) : "";
      row.input.classList.toggle("is-suggested", part > 0);
    }
  };

  const show = () => {
    if (way() !== "chosen") suggest();
    else rows.forEach((row) => row.input.classList.remove("is-suggested"));
    const divided = rows.reduce((sum, row) => sum + (centsOf(row.input.value) ?? 0), 0);
    const left = total() - divided;
    const over =
      left < 0 || rows.some((row) => (centsOf(row.input.value) ?? 0) > row.balance);
    sums.querySelector("[data-divided]").textContent = money(divided, currency);
    sums.querySelector("[data-left]").textContent = money(Math.max(left, 0), currency);
    sums.querySelector("[data-over]").hidden = !over;
  };

  sums.hidden = false;
  for (const plain of form.querySelectorAll("[data-divide-plain]")) plain.hidden = true;
  form.addEventListener("input", (event) => {
    // Who writes an amount beside an invoice divides by hand from there on.
    if (rows.some((row) => row.input === event.target)) {
      ways.forEach((each) => (each.checked = each.value === "chosen"));
    }
    show();
  });
  show();
}
