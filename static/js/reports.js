// Draws the charts of the reports from the figures in the page; the tables below them say the
// same without a script. Colours are the design tokens, read anew when the theme changes.
const root = document.documentElement;
const data = JSON.parse(document.getElementById("report-data").textContent);
const charts = [];

const token = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
const money = (options) =>
  new Intl.NumberFormat(data.language, { style: "currency", currency: data.currency, ...options });
const exact = money({});
const round = money({ notation: "compact", maximumFractionDigits: 1 });
const number = new Intl.NumberFormat(data.language, { maximumFractionDigits: 1 });

// A phone has no room for a long name beside a bar: it goes on below.
const NARROW = 480;
const LONGEST_LINE = 18;
const folded = (name) => {
  const lines = [""];
  for (const word of name.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > LONGEST_LINE && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
};

const scales = (lying, stacked, unit) => {
  const amounts = {
    stacked,
    beginAtZero: true,
    border: { display: false },
    grid: { color: token("line") },
    ticks: {
      color: token("ink-soft"),
      maxTicksLimit: 6,
      autoSkipPadding: 12,
      maxRotation: 0,
      // Half a case is no case.
      ...(unit && { precision: 0 }),
      callback: (value) => (unit ?? round).format(value),
    },
  };
  const names = {
    stacked,
    border: { color: token("line") },
    grid: { display: false },
    ticks: {
      color: token("ink-soft"),
      autoSkip: !lying,
      maxRotation: 0,
      callback(index) {
        const name = this.getLabelForValue(index);
        return lying && this.chart.width < NARROW ? folded(name) : name;
      },
    },
  };
  return lying ? { x: amounts, y: names } : { x: names, y: amounts };
};

const draw = (canvas) => {
  const { labels, series, unit: named } = data[canvas.dataset.chart];
  // Amounts of money, unless the figures say that they are numbers.
  const unit = named === "number" ? number : null;
  const lying = canvas.dataset.shape === "lying";
  const stacked = canvas.hasAttribute("data-stacked");
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: series.map(({ label, tone, values }) => ({
        label,
        data: values,
        backgroundColor: token(tone),
        borderRadius: 3,
        maxBarThickness: 34,
      })),
    },
    options: {
      // Figures are there at once; a printer would catch bars halfway up.
      animation: false,
      indexAxis: lying ? "y" : "x",
      maintainAspectRatio: false,
      font: { family: getComputedStyle(document.body).fontFamily },
      interaction: { mode: "index", axis: lying ? "y" : "x", intersect: false },
      scales: scales(lying, stacked, unit),
      plugins: {
        legend: {
          position: "bottom",
          labels: { color: token("ink"), boxWidth: 12, boxHeight: 12, padding: 16 },
        },
        tooltip: {
          backgroundColor: token("ink"),
          titleColor: token("surface"),
          bodyColor: token("surface"),
          footerColor: token("surface"),
          callbacks: {
            label: ({ dataset, raw }) => ` ${dataset.label}: ${(unit ?? exact).format(raw)}`,
          },
        },
      },
    },
  });
};

const drawAll = () => {
  for (const chart of charts.splice(0)) chart.destroy();
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) charts.push(draw(canvas));
};

drawAll();
new MutationObserver(drawAll).observe(root, { attributeFilter: ["data-bs-theme"] });
// Paper has another width than the window.
for (const event of ["beforeprint", "afterprint"]) {
  addEventListener(event, () => charts.forEach((chart) => chart.resize()));
}
