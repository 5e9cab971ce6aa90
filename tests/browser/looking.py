"""A page in headless Chromium, without network: what is seen of it, and what it does when it is used."""

import json
import re
import shutil
import subprocess
from html import escape, unescape

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-extensions --host-resolver-rules=MAP\u00a0*\u00a0~NOTFOUND --hide-scrollbars"
)

# What looks at the page stands around it: the page itself runs no script but its own.
HARNESS = """<!DOCTYPE html><title>waiting</title><script>hacked = 0</script>
<iframe id="page" width="{width}" height="800" style="border: 0" srcdoc="{page}"></iframe>
<script>
const wait = ms => new Promise(done => setTimeout(done, ms));
addEventListener("load", async () => {{
  const inner = document.getElementById("page").contentWindow, root = inner.document.documentElement;
  const all = selector => [...inner.document.querySelectorAll(selector)];
  const there = element => element.checkVisibility();
  const tops = all("section").map(s => s.getBoundingClientRect().top);
  const sizes = all("p, li, td, th, dt, dd, summary, button, label, .tip").filter(e => e.offsetParent)
    .map(e => parseFloat(inner.getComputedStyle(e).fontSize));
  const page = {{
    hacked, tops, width: root.clientWidth, scroll: root.scrollWidth, smallest: Math.min(...sizes),
    ids: all("section").map(s => s.id),
    images: all("img").map(i => [i.complete && i.naturalWidth > 0, there(i), i.alt]),
    fetched: inner.performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith("data:")),
    text: inner.document.body.innerText, background: inner.getComputedStyle(inner.document.body).backgroundColor,
    cut: all(".wide").filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1).length,
  }};
  {actions}
  document.title = JSON.stringify({{...page, hacked}});
}});
</script>"""
# Points at the third point of the first figure, hides it, shows it again, looks closer, and asks for some qubits only.
USE = """
  const figure = all(".sheet:not(.overview)")[0], over = () => figure.querySelector(".u-over");
  const press = (type, x, y) => over().dispatchEvent(new inner.MouseEvent(type, {{
    bubbles: true, clientX: over().getBoundingClientRect().left + x, clientY: over().getBoundingClientRect().top + y,
    view: inner, button: 0, movementX: 3, movementY: 1, buttons: type === "mouseup" ? 0 : 1, detail: 1}}));
  figure.scrollIntoView();
  for (let i = 0; i < 50 && !over(); i++) await wait(50);
  page.figures = all("canvas").length;
  const width = over().clientWidth;
  const painted = () => {{
    const canvas = figure.querySelector("canvas");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return data.reduce((sum, value, i) => sum + (i % 4 === 3 && value > 0), 0);
  }};
  press("mouseenter", 5, 5); press("mousemove", width * 2 / 14, over().clientHeight / 3);
  await wait(100);
  page.tips = [...figure.querySelectorAll(".tip")].filter(there).map(e => e.innerText);
  page.before = painted();
  const button = figure.querySelector(".legend button");
  button.click(); await wait(100);
  page.without = painted(); page.pressed = button.getAttribute("aria-pressed");
  button.click(); await wait(100);
  page.again = painted();
  press("mousedown", 20, 20); press("mousemove", 60, 25);
  press("mousemove", width / 2, 30); press("mouseup", width / 2, 30);
  await wait(100);
  page.closer = painted();
  over().dispatchEvent(new inner.MouseEvent("dblclick", {{bubbles: true}})); await wait(100);
  page.whole = painted();
  const form = inner.document.getElementById("filter"), rows = () => all("tr[data-qubits]").filter(there).length;
  page.rows = [rows()];
  form.querySelector("input[type=text]").value = "3-4, 17";
  form.dispatchEvent(new inner.Event("input", {{bubbles: true}}));
  page.rows.push(rows());
  form.querySelector("input[value=good]").click();
  page.rows.push(rows());
  page.told = form.querySelector("output").textContent;
"""
AXE = """
  const found = await inner.axe.run(inner.document);
  const told = violation => violation.nodes.slice(0, 3).map(node => node.html).join(" ");
  page.violations = found.violations.map(one => `${{one.id}}: ${{one.help}}: ${{told(one)}}`);
  page.passed = found.passes.length;
"""


def chromium(tmp_path, *arguments):
    flags = [flag.replace("\u00a0", " ") for flag in FLAGS.split(" ")]
    command = [CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=10000", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def seen(report, tmp_path, width, actions="", changed=lambda page: page, flags=()):
    """Return what the page around it sees of the report in a window of this width, and what it does there."""
    harness = tmp_path / "harness.html"
    page = escape(changed(report.read_text(encoding="utf-8")), quote=True)
    whole = HARNESS.format(width=width, page=page, actions=actions.replace("{{", "{").replace("}}", "}"))
    harness.write_text(whole, encoding="utf-8")
    document = chromium(tmp_path, *flags, "--allow-file-access-from-files", "--dump-dom", harness.as_uri())
    title = re.search(r"<title>(.*?)</title>", document, re.DOTALL).group(1)
    assert title != "waiting", document[-2000:]
    return json.loads(unescape(title))
