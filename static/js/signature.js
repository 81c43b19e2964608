/* The drawn signature: a canvas for finger, pen or mouse.
 *
 * The strokes are the truth and the picture is made of them, so a turned phone or a page that
 * comes back with an error keeps what was drawn. Without this script the typed name stands alone.
 */
(function () {
  "use strict";

  // 200 KiB of PNG, less a little; base64 takes four characters for three bytes.
  const LARGEST_DATA_URL = 4 * Math.floor((200 * 1024 - 1024) / 3);
  const LARGEST_SCALE = 2;
  const INK = "#10233f";

  function rounded(number) {
    return Math.round(number * 10) / 10;
  }

  /** Strokes as stored: the size of the field, and points in its pixels with their times. */
  function compact(pad, width, height) {
    return {
      width: width,
      height: height,
      strokes: pad.toData().map(function (stroke) {
        return stroke.points.map(function (point) {
          return [rounded(point.x), rounded(point.y), Math.round(point.time), rounded(point.pressure)];
        });
      }),
    };
  }

  /** The stored strokes as signature_pad wants them, fitted into a field of another size. */
  function expanded(stored, width, height) {
    const scale = Math.min(width / stored.width, height / stored.height);
    return stored.strokes.map(function (points) {
      return {
        penColor: INK,
        dotSize: 0,
        minWidth: 0.8,
        maxWidth: 2.6,
        velocityFilterWeight: 0.7,
        compositeOperation: "source-over",
        points: points.map(function (point) {
          return { x: point[0] * scale, y: point[1] * scale, time: point[2], pressure: point[3] };
        }),
      };
    });
  }

  function parsed(text) {
    try {
      const stored = JSON.parse(text);
      return stored && stored.width > 0 && stored.height > 0 && Array.isArray(stored.strokes)
        ? stored
        : null;
    } catch {
      return null;
    }
  }

  function start(root) {
    const canvas = root.querySelector("[data-signature-canvas]");
    const image = root.querySelector("[data-signature-image]");
    const strokes = root.querySelector("[data-signature-strokes]");
    const clear = root.querySelector("[data-signature-clear]");
    const state = root.querySelector("[data-signature-state]");
    root.hidden = false;
    document.querySelectorAll("[data-signature-typed]").forEach(function (hint) {
      hint.hidden = true;
    });

    const pad = new SignaturePad(canvas, { penColor: INK, minWidth: 0.8, maxWidth: 2.6 });
    let width = 0;
    let height = 0;

    function say() {
      state.textContent = pad.isEmpty() ? state.dataset.empty : state.dataset.drawn;
      clear.disabled = pad.isEmpty();
      root.classList.toggle("is-drawn", !pad.isEmpty());
    }

    function picture() {
      const full = canvas.toDataURL("image/png");
      if (full.length <= LARGEST_DATA_URL) {
        return full;
      }
      const small = document.createElement("canvas");
      small.width = width;
      small.height = height;
      small.getContext("2d").drawImage(canvas, 0, 0, width, height);
      return small.toDataURL("image/png");
    }

    function keep() {
      if (pad.isEmpty()) {
        image.value = "";
        strokes.value = "";
      } else {
        image.value = picture();
        strokes.value = JSON.stringify(compact(pad, width, height));
      }
      say();
    }

    /** Give the canvas as many pixels as it covers; setting them wipes it, so redraw. */
    function fit() {
      const box = canvas.getBoundingClientRect();
      if (!box.width || (box.width === width && box.height === height)) {
        return;
      }
      const stored = parsed(strokes.value);
      const scale = Math.min(Math.max(window.devicePixelRatio || 1, 1), LARGEST_SCALE);
      width = box.width;
      height = box.height;
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.getContext("2d").scale(scale, scale);
      pad.clear();
      if (stored) {
        pad.fromData(expanded(stored, width, height));
        keep();
      }
      say();
    }

    // A quick last stroke is no flick of the page: a browser that takes it for one swallows the
    // next tap, which is the one on the button.
    canvas.addEventListener(
      "touchstart",
      function (event) {
        event.preventDefault();
      },
      { passive: false },
    );
    pad.addEventListener("endStroke", keep);
    clear.addEventListener("click", function () {
      pad.clear();
      keep();
      canvas.focus();
    });
    new ResizeObserver(fit).observe(canvas);
    fit();
  }

  document.querySelectorAll("[data-signature]").forEach(start);
})();
