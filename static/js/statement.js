// The running sum of what is ticked, and ticking by keys. Without it the boxes work all the same.
const LANGUAGE = document.documentElement.lang;

for (const form of document.querySelectorAll("form[data-statement]")) {
  const boxes = [...form.querySelectorAll("input[name='invoice']")];
  const all = form.querySelector("[data-tick-all]");
  const sum = form.querySelector("[data-tick-sum]");
  const none = form.querySelector("[data-tick-none]");
  const currency = new Intl.NumberFormat(LANGUAGE, {
    style: "currency",
    currency: form.dataset.currency,
  });
  let last = null;

  // Whole cents: a thousand amounts added up as fractions would not come out even.
  const cents = (text) => Math.round(Number(text) * 100);

  const show = () => {
    const ticked = boxes.filter((box) => box.checked);
    const of = (name) =>
      currency.format(ticked.reduce((total, box) => total + cents(box.dataset[name]), 0) / 100);
    sum.hidden = ticked.length === 0;
    none.hidden = ticked.length > 0;
    sum.querySelector("[data-tick-count]").textContent = `${ticked.length} / ${boxes.length}`;
    sum.querySelector("[data-tick-balance]").textContent = of("balance");
    sum.querySelector("[data-tick-collectible]").textContent = of("collectible");
    all.checked = ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  };

  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    show();
  });

  form.addEventListener("click", (event) => {
    const box = event.target;
    if (!boxes.includes(box)) return;
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
    }
    last = box;
    show();
  });

  form.addEventListener("keydown", (event) => {
    const place = boxes.indexOf(event.target);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (place < 0 || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = boxes[place + step];
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) {
      next.checked = event.target.checked;
      show();
    }
    next.focus();
  });

  window.addEventListener("pageshow", show);
  show();
}
