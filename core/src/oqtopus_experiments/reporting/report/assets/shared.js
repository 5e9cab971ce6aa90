"use strict";
// Figures that answer the pointer, and a filter for many qubits. Texts of people, files and services are only ever put
// into text nodes, attributes that hold no code, and drawn on a canvas.
const root = document.documentElement;
const content = JSON.parse(document.getElementById("charts").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const AT_NIGHT = {"#000000": "#e4e8eb", "#0072B2": "#5db3ea", "#D55E00": "#ff9a4d", "#009E73": "#3ccfa0",
  "#CC79A7": "#e79cc6", "#8F5A00": "#e2ae4c", "#56B4E9": "#8fd0f7", "#7A5FB5": "#b39ee6", "#00795A": "#43c79e",
  "#A3123A": "#ff7d97", "#666666": "#a7b0b8", "#9DB9CC": "#557085"};
const REACH = 32;

const element = (name, attributes = {}, ...inside) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
};
const css = name => getComputedStyle(root).getPropertyValue(name).trim();
const tint = color => dark.matches ? AT_NIGHT[color] || color : color;
const isNumber = value => typeof value === "number";

function digits(value, error) {
  if (!isNumber(value)) return "–";
  if (isNumber(error) && error > 0) {
    const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(error))));
    return `${value.toFixed(places)} ± ${error.toFixed(places)}`.replaceAll("-", "−");
  }
  return String(+value.toPrecision(4)).replaceAll("-", "−");
}

function position(axis, value) {
  if (axis.ticks) return axis.ticks[Math.round(value)] ?? "";
  if (axis.scale === "date") return new Date(value * 864e5).toISOString().slice(0, 16).replace("T", " ");
  return `${digits(value)} ${axis.unit || ""}`.trim();
}

function counted(told, at) {
  if (!told.shots || told.shots[at] === undefined) return "";
  const shots = `${told.shots[at].toLocaleString("en")} shots`;
  if (told.ones) return `${told.ones[at].toLocaleString("en")} of ${shots} read 1`;
  if (told.read) return `${shots}: ${told.read[at]}`;
  return told.circuits ? `${told.circuits[at]} circuits, ${shots}` : shots;
}

// ---- looking closer: what is shown of the axes of one panel, and of the one below it

const view = () => ({x: null, y: null, plots: []});

function show(looked) {
  for (const {plot, x, y} of looked.plots) plot.batch(() => {
    const [left, right] = looked.x || x, [low, high] = looked.y || y;
    plot.setScale("x", {min: left, max: right});
    plot.setScale("y", {min: low, max: high});
  });
}

function chosen(u, looked) {
  const {left, top, width, height} = u.select;
  if (width < 5 && height < 5) return;
  const between = (first, last) => [Math.min(first, last), Math.max(first, last)];
  if (width >= 5) looked.x = between(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
  if (height >= 5 && looked.plots.length < 2) looked.y = between(u.posToVal(top, "y"), u.posToVal(top + height, "y"));
  u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
  show(looked);
}

const pointer = (looked, linked) => ({
  y: false, points: {show: false}, drag: {x: true, y: !linked, uni: 30, setScale: false},
  bind: {dblclick: () => () => { looked.x = looked.y = null; show(looked); }},
});

// ---- what is said of the point under the pointer

function tip(u) {
  const mark = element("div", {class: "mark-point", hidden: ""}), box = element("div", {class: "tip", hidden: ""});
  u.over.append(mark, box);
  return {
    hide() { mark.hidden = box.hidden = true; },
    show(px, py, lines) {
      mark.hidden = box.hidden = false;
      mark.style.left = `${px}px`;
      mark.style.top = `${py}px`;
      box.replaceChildren(...lines.filter(Boolean).map(text => element("div", {}, text)));
      const width = u.over.clientWidth, room = box.offsetWidth, beside = px + 14 + room <= width || px - 14 - room >= 0;
      const left = px + 14 + room <= width ? px + 14 : px - 14 - room, above = py > u.over.clientHeight / 2;
      box.style.left = `${beside ? left : Math.max(0, Math.min(px - room / 2, width - room))}px`;
      box.style.top = `${beside ? py - 10 : above ? py - 14 - box.offsetHeight : py + 14}px`;
    },
  };
}
