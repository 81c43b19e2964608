/* Photos open over the page, one after another. Without this file their links open them alone.
 *
 * Arrow keys, a swipe and the two buttons go from photo to photo; Escape and the back button of
 * a phone close, and the page stands where it stood.
 */
(function () {
  "use strict";

  const SWIPE_PIXELS = 48;

  const viewer = document.querySelector("dialog[data-viewer]");
  if (!viewer || !viewer.showModal) return;
  const part = (name) => viewer.querySelector(`[data-viewer-${name}]`);
  const shown = part("shown");
  const words = part("words");
  const count = part("count");
  const original = part("original");
  const back = part("back");
  const on = part("on");
  let links = [];
  let place = 0;

  function show(wanted) {
    place = wanted;
    const link = links[place];
    const thumbnail = link.querySelector("img");
    const caption = link.closest("figure")?.querySelector(".media-caption");
    shown.src = link.href;
    shown.alt = thumbnail?.alt || "";
    shown.hidden = false;
    words.textContent = caption ? caption.textContent : "";
    count.textContent = `${place + 1} / ${links.length}`;
    original.hidden = !link.dataset.mediaOriginal;
    if (link.dataset.mediaOriginal) original.href = link.dataset.mediaOriginal;
    back.disabled = place === 0;
    on.disabled = place === links.length - 1;
  }

  function step(by) {
    const wanted = place + by;
    if (wanted >= 0 && wanted < links.length) show(wanted);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-media-open]");
    // With a key held down it is the browser's own: a new tab or window.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // Photos of one group only, where a page has groups; else all that it shows.
    const group = link.closest("[data-media-group]") || document;
    links = [...group.querySelectorAll("a[data-media-open]")];
    show(links.indexOf(link));
    viewer.showModal();
    history.pushState({ viewer: true }, "");
  });

  part("close").addEventListener("click", () => viewer.close());
  back.addEventListener("click", () => step(-1));
  on.addEventListener("click", () => step(1));
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });

  let touchedAt = null;
  viewer.addEventListener("touchstart", (event) => {
    // Two fingers are a zoom.
    touchedAt = event.touches.length === 1 ? event.touches[0].clientX : null;
  }, { passive: true });
  viewer.addEventListener("touchend", (event) => {
    if (touchedAt === null || window.visualViewport?.scale > 1) return;
    const moved = event.changedTouches[0].clientX - touchedAt;
    touchedAt = null;
    if (Math.abs(moved) >= SWIPE_PIXELS) step(moved < 0 ? 1 : -1);
  });

  viewer.addEventListener("close", () => {
    shown.removeAttribute("src");
    shown.hidden = true;
    if (history.state?.viewer) history.back();
    links[place]?.focus({ preventScroll: true });
  });
  window.addEventListener("popstate", () => {
    if (viewer.open) viewer.close();
  });
})();
