// Runs before the first paint: a flash of the wrong brightness is worse than a small blocking file.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  // Paper is white: what is written light on dark would hardly be seen on it.
  let onScreen = null;
  addEventListener("beforeprint", () => {
    onScreen ??= root.dataset.bsTheme;
    root.dataset.bsTheme = "light";
  });
  addEventListener("afterprint", () => {
    root.dataset.bsTheme = onScreen;
    onScreen = null;
  });
  if (root.dataset.preference !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (onScreen === null) root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
})();
