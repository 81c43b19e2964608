// Runs before the first paint: a flash of the wrong brightness is worse than a small blocking file.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.preference !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
})();
