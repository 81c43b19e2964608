/* A customer's remarks on an inspection. Without this file everything works by plain forms.
 *
 * - sends files one after another as soon as they are chosen, each with a bar of its own; what
 *   failed is tried again without the others;
 * - keeps what is written on this device until it is signed;
 * - waits with the answer until every file has arrived.
 */
(function () {
  "use strict";

  const FAILED_FOR_NOW = 500;
  const TOO_MANY = 429;
  const CREATED = 201;

  document.querySelectorAll("[data-forget]").forEach(function (place) {
    ["localStorage", "sessionStorage"].forEach(function (kind) {
      store(kind)?.removeItem(nameOf(place.dataset.forget));
    });
  });
  const form = document.querySelector("form[data-remarks]");
  if (!form) return;
  document.documentElement.classList.add("is-scripted");
  keepTexts();
  sendFiles();

  function nameOf(inspection) {
    return `remarks:${inspection}`;
  }

  /** The browser's store; none where the customer forbids it. */
  function store(kind) {
    try {
      return window[kind];
    } catch {
      return null;
    }
  }

  /* What is typed stays on the device: on a customer's own phone until it is signed, on the
     shop's tablet no longer than the page. */
  function keepTexts() {
    const device = store(form.dataset.keep === "session" ? "sessionStorage" : "localStorage");
    if (!device) return;
    const name = nameOf(form.dataset.remarks);
    const fields = [...form.querySelectorAll("[data-draft]")];
    let kept = {};
    try {
      kept = JSON.parse(device.getItem(name)) || {};
    } catch {
      kept = {};
    }
    fields.forEach(function (field) {
      if (!field.value && kept[field.name]) {
        field.value = kept[field.name];
        field.closest("details")?.setAttribute("open", "");
      }
    });
    form.addEventListener("input", function () {
      const texts = fields.filter((field) => field.value).map((field) => [field.name, field.value]);
      try {
        device.setItem(name, JSON.stringify(Object.fromEntries(texts)));
      } catch {
        // Full or forbidden: the page itself still holds the texts.
      }
    });
  }

  function sendFiles() {
    const template = document.querySelector("[data-queue-row]");
    const words = template.dataset;
    const note = document.querySelector("[data-bar-note]");
    const queue = [];
    let sending = null;

    /** Put a file at the end of the line, shown in its place. */
    function enqueue(input, file) {
      const row = template.content.firstElementChild.cloneNode(true);
      const job = { file, field: input.name, row };
      const label = row.querySelector(".pi-sending-name");
      label.textContent = file.name;
      row.querySelector("progress").setAttribute("aria-label", file.name);
      row.querySelector("[data-again]").addEventListener("click", function () {
        input.focus();
        wait(job);
      });
      row.querySelector("[data-drop]").addEventListener("click", function () {
        row.remove();
        input.focus();
        say();
      });
      input.closest("[data-add]").querySelector("[data-queue]").append(row);
      if (file.size > Number(words.largest)) lose(job, words.tooLarge, false);
      else wait(job);
    }

    function state(job, text) {
      job.row.querySelector(".pi-sending-state").textContent = text;
    }

    function wait(job) {
      job.row.classList.remove("is-lost");
      job.row.querySelector(".pi-sending-acts").hidden = true;
      job.row.querySelector("progress").hidden = false;
      state(job, words.waiting);
      queue.push(job);
      next();
    }

    function lose(job, message, again) {
      job.row.classList.add("is-lost");
      job.row.querySelector("progress").hidden = true;
      job.row.querySelector(".pi-sending-acts").hidden = false;
      job.row.querySelector("[data-again]").hidden = !again;
      state(job, message);
      say();
    }

    /** Send the first that waits; one at a time, for a slow line carries no two. */
    function next() {
      if (sending || !queue.length) {
        say();
        return;
      }
      const job = (sending = queue.shift());
      const bar = job.row.querySelector("progress");
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append(job.field, job.file);
      const request = new XMLHttpRequest();
      request.open("POST", form.dataset.filesUrl);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", function (event) {
        if (!event.lengthComputable) return;
        bar.value = (100 * event.loaded) / event.total;
        state(job, event.loaded < event.total ? `${words.sending}: ${Math.round(bar.value)} %` : words.checking);
      });
      request.addEventListener("loadend", function () {
        sending = null;
        if (request.status === CREATED && request.response) {
          replaceList(job.row.closest("[data-add]").parentElement, request.response.html);
          job.row.remove();
        } else {
          const again = !request.status || request.status >= FAILED_FOR_NOW || request.status === TOO_MANY;
          lose(job, request.response?.message || words.lost, again);
        }
        next();
      });
      state(job, words.sending);
      request.send(body);
    }

    /** Show the list as the server has it now. */
    function replaceList(place, html) {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      const fresh = holder.content.firstElementChild;
      place.querySelector(".pi-own").replaceWith(fresh);
      window.htmx?.process(fresh);
    }

    function isBusy() {
      return Boolean(sending || queue.length);
    }

    function say() {
      if (!note.classList.contains("is-bad")) return;
      if (!isBusy() && !form.querySelector(".pi-sending.is-lost")) {
        note.classList.remove("is-bad");
        note.textContent = note.dataset.usual;
      }
    }

    note.dataset.usual = note.textContent;
    form.querySelectorAll(".pi-add-input").forEach(function (input) {
      input.addEventListener("change", function () {
        const files = [...input.files];
        // They are sent on their own; the form must not carry them a second time.
        input.value = "";
        files.forEach((file) => enqueue(input, file));
      });
    });
    form.addEventListener("submit", function (event) {
      const lost = form.querySelector(".pi-sending.is-lost");
      if (event.submitter?.dataset.remove || !(isBusy() || lost)) return;
      event.preventDefault();
      note.classList.add("is-bad");
      note.textContent = isBusy() ? note.dataset.busy : note.dataset.unsent;
      (lost || sending?.row)?.scrollIntoView({ block: "center" });
    });
    form.addEventListener("click", function (event) {
      const button = event.target.closest("[data-remove]");
      if (!button) return;
      event.preventDefault();
      button.disabled = true;
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const place = document.getElementById(button.dataset.remove).parentElement;
      fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } })
        .then(function (response) {
          if (!response.ok) throw new Error(response.statusText);
          return response.json();
        })
        .then(function (answer) {
          replaceList(place, answer.html);
          place.querySelector(".pi-add-input").focus();
        })
        .catch(function () {
          button.disabled = false;
        });
    });
    window.addEventListener("beforeunload", function (event) {
      if (isBusy()) event.preventDefault();
    });
  }
})();
