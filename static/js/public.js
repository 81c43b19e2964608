/* Customers' pages: everything here is a comfort, and nothing depends on it.
 *
 * - tells the shop that the page was seen by a person, not by a mail scanner;
 * - fills in the reader's time zone;
 * - keeps the answers in the address, so that a reload or another language loses none;
 * - moves to the list of errors when there is one;
 * - keeps an impatient second tap from sending a form twice.
 */
(function () {
  "use strict";

  const SEEN_AFTER_MS = 2000;

  function reportDisplayed(place) {
    let timer = null;
    function send() {
      document.removeEventListener("visibilitychange", watch);
      const body = new FormData();
      body.append("csrfmiddlewaretoken", place.dataset.csrf);
      fetch(place.dataset.displayed, { method: "POST", body: body, keepalive: true }).catch(
        function () {
          // The shop then does not know that the page was seen; the customer loses nothing.
        },
      );
    }
    function watch() {
      window.clearTimeout(timer);
      if (document.visibilityState === "visible") {
        timer = window.setTimeout(send, SEEN_AFTER_MS);
      }
    }
    document.addEventListener("visibilitychange", watch);
    watch();
  }

  function fillTimeZone(field) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }

  function keepAnswersInAddress(form) {
    function keep() {
      const answers = new URLSearchParams(new FormData(form));
      history.replaceState(null, "", location.pathname + "?" + answers);
      document.querySelectorAll(".languages a[hreflang]").forEach(function (link) {
        const language = new URL(link.href).searchParams.get("lang");
        const target = new URLSearchParams(answers);
        target.set("lang", language);
        link.href = location.pathname + "?" + target;
      });
    }
    form.addEventListener("change", keep);
  }

  function sendOnce(form) {
    let sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      form.setAttribute("aria-busy", "true");
    });
    // Coming back with the browser's button shows the page as it was left.
    window.addEventListener("pageshow", function () {
      sent = false;
      form.removeAttribute("aria-busy");
    });
  }

  document.querySelectorAll("[data-displayed]").forEach(reportDisplayed);
  document.querySelectorAll("[data-timezone]").forEach(fillTimeZone);
  document.querySelectorAll("[data-answers]").forEach(keepAnswersInAddress);
  document.querySelectorAll("form[data-once]").forEach(sendOnce);
  const errors = document.querySelector("[data-errors]");
  if (errors) {
    errors.focus();
  }
})();
