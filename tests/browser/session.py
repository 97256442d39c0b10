"""A browser driven by JSON lines, one object per command and per answer.

    session.py BROWSER URL

`{"do": NAME, ...}` is answered by `{"result": ...}` or `{"error": ...}`.
"""

import json
import sys
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

MILLISECONDS = 1000


class Session:
    """One browser context: its window, its requests, its console messages."""

    def __init__(self, browser, url):
        self._browser = browser
        self._url = url
        self._context = None
        self.requests, self.complaints = [], []

    def open(self, *, width=1280, height=900, scheme="light", language="en-US"):
        """Open a new window without a session."""
        if self._context is not None:
            self._context.close()
        self._context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            reduced_motion="reduce",
        )
        self._page = self._context.new_page()
        self._page.on("request", lambda request: self.requests.append(request.url))
        self._page.on("console", self._console)
        self._page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._page.goto(self._url)

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def log_in(self, *, password):
        """Type the password and press Enter."""
        self._page.locator("input[type=password]").fill(password)
        self._page.keyboard.press("Enter")

    def wait(self, *, text="", selector="", seconds=20, gone=False):
        """Wait until an element is visible, or gone."""
        found = self._page.locator(selector or "body")
        if text:
            found = found.filter(has_text=text)
        state = "detached" if gone else "visible"
        found.first.wait_for(state=state, timeout=seconds * MILLISECONDS)

    def text(self, *, selector):
        """Return the visible text of every matching element."""
        return self._page.locator(selector).all_inner_texts()

    def press(self, *, keys):
        """Press keys in order; return the element that has the focus then."""
        for key in keys:
            self._page.keyboard.press(key)
        return self._page.evaluate("document.activeElement.outerHTML.slice(0, 200)")

    def click(self, *, selector):
        self._page.locator(selector).first.click()

    def address(self):
        return self._page.url

    def overflow(self):
        """Return by how many pixels the page is wider than its window."""
        return self._page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def accessibility_violations(self):
        """Return the accessibility violations that axe finds, one line each."""
        found = Axe().run(self._page).response["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def screenshot(self, *, path, whole=True):
        self._page.screenshot(path=path, full_page=whole)

    def findings(self):
        """Return errors and warnings of the browser's console, and requests to other origins."""
        here = urlsplit(self._url).netloc
        elsewhere = [url for url in self.requests if urlsplit(url).netloc != here]
        return {"complaints": self.complaints, "elsewhere": elsewhere}


def main(executable, url):
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        session = Session(browser, url)
        for line in sys.stdin:
            command = json.loads(line)
            try:
                answer = {"result": getattr(session, command.pop("do"))(**command)}
            except Error as error:
                answer = {"error": error.message}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
