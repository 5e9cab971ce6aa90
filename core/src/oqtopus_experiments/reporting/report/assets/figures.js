// ---- the names of what is drawn, each a switch

function legend(panel, drawn, host) {
  const names = new Map();
  drawn.series.forEach((one, number) => {
    const own = one.kind === "points" ? one.told.look === "faint" ? "each circuit" : "measured" : "fit";
    const name = one.name || own;
    if (!names.has(name)) names.set(name, {kinds: new Set(), numbers: [], color: one.told.color});
    names.get(name).kinds.add(one.kind);
    names.get(name).numbers.push(number + 1);
  });
  const list = element("div", {class: "legend"});
  for (const [name, {kinds, numbers, color}] of names) {
    const swatch = element("span", {class: `swatch ${[...kinds].join(" ")}`, "aria-hidden": "true"});
    swatch.style.setProperty("--swatch", tint(color));
    const button = element("button", {type: "button", "aria-pressed": "true"}, swatch, name);
    button.addEventListener("click", () => {
      const show = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(show));
      numbers.forEach(number => drawn.plot.setSeries(number, {show}));
      drawn.below?.series.forEach((one, i) => { if ((one.name || "measured") === name) drawn.below.plot.setSeries(i + 1, {show}); });
    });
    list.append(button);
  }
  for (const level of (panel.levels || []).filter(level => level.name && !level.upright))
    list.append(element("span", {}, `┄ ${level.name}`));
  if (panel.missing_words) list.append(element("span", {}, `× ${panel.missing_words}`));
  if (panel.note) list.append(element("span", {}, panel.note));
  host.before(list);
}

// ---- a figure: all panels of one target

const built = new Map();

function build(holder) {
  const {sheet, across} = holder.told;
  const plots = [];
  holder.body.replaceChildren();
  const tall = sheet.panels.length > 2 || holder.small ? 220 : 270;
  for (const panel of sheet.panels) {
    const place = element("div", {class: "panel"});
    if (panel.title) place.append(element("p", {class: "panel-title"}, panel.title));
    const host = element("div", {class: "plot"});
    place.append(host);
    holder.body.append(place);
    if (panel.map) {
      const square = panel.x.ticks && panel.y.ticks;
      plots.push([mapPanel(panel, host, square ? Math.min(420, Math.max(240, 0.8 * host.clientWidth)) : tall + 40).plot, host]);
      if (panel.note) place.append(element("p", {class: "note"}, panel.note));
      continue;
    }
    if (!panel.points && !panel.lines) { host.append(element("p", {class: "note"}, panel.note || "nothing was measured")); continue; }
    const looked = view();
    const under = panel.below && (panel.below.points || panel.below.lines) ? panel.below : null;
    const drawn = curvePanel(panel, across, host, tall, {bare: Boolean(under), linked: Boolean(under), looked});
    plots.push([drawn.plot, host]);
    if (under) {
      const low = element("div", {class: "plot"});
      place.append(low);
      drawn.below = curvePanel(under, across, low, 128, {linked: true, looked});
      plots.push([drawn.below.plot, low]);
    }
    legend(panel, drawn, host);
  }
  built.set(holder, plots);
}

const resized = new ResizeObserver(entries => entries.forEach(({target}) => {
  for (const [plot, host] of built.get(target.holder) || [])
    if (host.clientWidth && Math.abs(host.clientWidth - plot.width) > 1) plot.setSize({width: host.clientWidth, height: plot.height});
}));
const seen = new IntersectionObserver(entries => entries.forEach(({target, isIntersecting}) => {
  if (!isIntersecting || built.has(target.holder)) return;
  build(target.holder);
  resized.observe(target);
}), {rootMargin: "400px"});

document.querySelectorAll(".charts").forEach(place => {
  const told = content[place.dataset.label];
  if (!told || told.format !== 1) return;
  const several = told.sheets.length > 1;
  place.classList.toggle("several", several && told.sheets.every(sheet => sheet.panels.length === 1));
  if (told.overview) {
    const body = element("div", {class: "panels"}), sheet = {qubits: "", verdict: "", panels: [told.overview]};
    body.holder = {told: {sheet, across: told.across}, body, small: false};
    place.append(element("figure", {class: "sheet overview"}, body));
    seen.observe(body);
  }
  told.sheets.forEach((sheet, number) => {
    const [words = "", level = ""] = told.said?.[number] || [];
    const body = element("div", {class: "panels"});
    const caption = element("figcaption", {}, words);
    if (level) caption.append(" ", element("span", {class: level}, level));
    const figure = element("figure", {class: "sheet", "data-qubits": sheet.qubits, "data-verdict": sheet.verdict}, caption, body);
    body.holder = {told: {sheet, across: told.across}, body, small: several};
    place.append(figure);
    seen.observe(body);
  });
  place.classList.add("drawn");
});
root.classList.add("js");

dark.addEventListener("change", () => [...built.keys()].forEach(build));
