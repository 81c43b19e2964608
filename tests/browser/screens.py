"""What the browser tests look at pages with: errors, accessibility, width, touch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

PHONE = {"width": 390, "height": 844}
TABLET = {"width": 768, "height": 1024}
DESKTOP = {"width": 1366, "height": 768}

# A refused form answers 422, a changed revision 409: Chromium writes that to the console too.
_EXPECTED_ANSWERS = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: the server responded with a status of 503",
    # Who types on while sums are being reckoned takes the question back, which htmx logs as well.
    "htmx:sendAbort",
    "htmx:afterRequest",
)


@dataclass
class Watch:
    """Everything that a browser complained about: scripts, policy violations, lost files."""

    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch every page of a context, now and later."""
        context.on("page", self._page)
        return context

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if not message.text.startswith(_EXPECTED_ANSWERS):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


def inspect(page: Page, complaints: list[str]) -> None:
    """Look at the page that is open at every size and in both themes; note what is wrong.

    What axe finds hangs on the size or on the colours, hardly ever on both: two of six looks.
    """
    dark_at = {PHONE["width"]: False, DESKTOP["width"]: True}
    for size in (PHONE, TABLET, DESKTOP):
        page.set_viewport_size(size)
        checks: list[Callable[[], None]] = [lambda: assert_fits(page)]
        if (dark := dark_at.get(size["width"])) is not None:
            checks.append(partial(assert_accessible, page, dark=dark))
        for check in checks:
            try:
                check()
            except AssertionError as complaint:
                complaints.append(f"{size['width']}: {complaint}")
    page.emulate_media(color_scheme="light")


#: Null where axe has not been read yet. One question, for each goes through three processes.
_LOOK = """async () => {
    await Promise.all(document.getAnimations().map((animation) => animation.finished));
    if (!("axe" in window)) { return null; }
    return (await axe.run({resultTypes: ["violations"]})).violations;
}"""


def assert_accessible(page: Page, *, dark: bool = False) -> None:
    """Let axe look for anything that keeps a person from using the page as it stands.

    The transitions of colours are waited for, so that no contrast is measured halfway.
    """
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    found = page.evaluate(_LOOK)
    if found is None:
        # Its half megabyte is read once by every page, and only what is wrong comes back.
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(_LOOK)
    report = AxeResults({"violations": found}).generate_report()
    assert not found, f"{page.url} (dark={dark})\n{report}"


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways at its present width."""
    overflow, wide = page.evaluate(
        """() => {
            const root = document.documentElement;
            const overflow = root.scrollWidth - root.clientWidth;
            if (overflow <= 0) { return [overflow, []]; }
            const wide = [...document.querySelectorAll("body *")]
                .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
                .slice(0, 8)
                .map((element) => `${element.tagName}.${element.className}`);
            return [overflow, wide];
        }"""
    )
    width = (page.viewport_size or {}).get("width")
    assert overflow <= 0, f"{page.url} is {overflow}px too wide at {width}: {wide}"


def draw_by_touch(canvas: Locator, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Draw with a finger: each stroke is a list of points, as shares of width and height."""
    # In the middle, clear of the bar at the bottom; at once, for a page scrolling smoothly would
    # slip away under the finger.
    canvas.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = canvas.bounding_box()
    assert box is not None
    session = canvas.page.context.new_cdp_session(canvas.page)
    for stroke in strokes:
        for index, (x, y) in enumerate(stroke):
            point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            session.send(
                "Input.dispatchTouchEvent",
                {"type": "touchMove" if index else "touchStart", "touchPoints": [point]},
            )
            canvas.page.wait_for_timeout(8)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


#: Looks like somebody's quick signature.
A_SIGNATURE: Sequence[Sequence[tuple[float, float]]] = (
    [
        (0.12, 0.70), (0.16, 0.42), (0.21, 0.24), (0.25, 0.30), (0.23, 0.52), (0.19, 0.70),
        (0.25, 0.62), (0.31, 0.52), (0.34, 0.62), (0.37, 0.68), (0.42, 0.54), (0.46, 0.66),
        (0.52, 0.56), (0.55, 0.68), (0.62, 0.55), (0.66, 0.70), (0.75, 0.58), (0.86, 0.48),
    ],
    [(0.18, 0.82), (0.40, 0.79), (0.62, 0.80), (0.84, 0.76)],
)  # fmt: skip
