"""A real browser for the tests of this folder: Chromium through its own driver, spoken to as the WebDriver standard says.

with Browser(width, height, dark=…, motion=…) as browser: browser.open(path); browser.run("return …"); browser.press("Tab")"""
import base64
import json
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

from scratch_project import Failed

KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
        "ArrowDown": "\ue015", "Space": " ", "Shift": "\ue008"}


def is_there():
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


class Browser:
    def __init__(self, width=1280, height=900, dark=False, less_motion=False):
        self.size, self.dark, self.less_motion = (width, height), dark, less_motion

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}", "--log-level=OFF"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb"]
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}, "timeouts": {"script": 120000}}}
        for _ in range(100):
            try:
                self.session = self.ask("POST", "/session", {"capabilities": wanted})["sessionId"]
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        else:
            raise Failed("chromedriver does not answer")
        width, height = self.size
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        features = [{"name": "prefers-color-scheme", "value": "dark" if self.dark else "light"},
                    {"name": "prefers-reduced-motion", "value": "reduce" if self.less_motion else "no-preference"}]
        self.devtools("Emulation.setEmulatedMedia", features=features)
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", f"/session/{self.session}")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as why:
            raise Failed(f"{path}: {why.read().decode()[:1000]}")

    def devtools(self, command, **parameters):
        return self.ask("POST", f"/session/{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, path):
        self.ask("POST", f"/session/{self.session}/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def run(self, script, *words):
        return self.ask("POST", f"/session/{self.session}/execute/sync", {"script": script, "args": list(words)})

    def wait(self, script):
        """The script is run with a callback as its last argument."""
        return self.ask("POST", f"/session/{self.session}/execute/async", {"script": script, "args": []})

    def press(self, *keys):
        """One after the other; "Shift+Tab" together."""
        actions = []
        for key in keys:
            together = [KEYS.get(k, k) for k in key.split("+")] if len(key) > 1 else [key]
            actions += [{"type": "keyDown", "value": k} for k in together]
            actions += [{"type": "keyUp", "value": k} for k in reversed(together)]
        self.ask("POST", f"/session/{self.session}/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def screenshot(self, path, whole=False):
        more = {}
        if whole:
            size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
            more = {"captureBeyondViewport": True,
                    "clip": {"x": 0, "y": 0, "width": self.size[0], "height": min(size["height"], 6000), "scale": 1}}
        pathlib.Path(path).write_bytes(base64.b64decode(self.devtools("Page.captureScreenshot", format="png", **more)["data"]))
