// ---- scales: a position on the page for each position of the data

function scaleOf(axis) {
  if (axis.scale === "log") return {distr: 3, log: 10};
  if (axis.scale === "symlog") return {distr: 4, asinh: axis.smallest};
  return {distr: 1};
}

function extent(values, axis) {
  const known = values.filter(isNumber);
  if (axis.limits) return axis.limits;
  let low = known.length ? Math.min(...known) : 0, high = known.length ? Math.max(...known) : 1;
  if (axis.ticks) return [-0.6, axis.ticks.length - 0.4];
  if (axis.scale === "log") return [low / 1.15, high * 1.15];
  if (axis.possible) {
    const [least, most] = axis.possible, lacking = 0.3 * (most - least) - (high - low);
    if (lacking > 0) { low -= lacking / 2; high += lacking / 2; }
    const shift = Math.min(0, most - high) + Math.max(0, least - low);
    if (lacking > 0) { low += shift; high += shift; }
  }
  const margin = 0.05 * (high - low) || 0.5;
  return [low - margin, high + margin];
}

function axisOf(axis, upright, bare) {
  const made = {
    stroke: css("--ink"), font: "13px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif",
    grid: {stroke: css("--grid"), width: 1, show: !axis.ticks || upright}, ticks: {stroke: css("--grid"), width: 1, size: 5},
    label: bare ? undefined : axis.label, labelSize: 20, size: upright ? 62 : 34, space: upright ? 30 : 64,
  };
  if (axis.ticks) {
    const every = Math.ceil(axis.ticks.length / (upright ? 24 : 16));
    made.splits = () => axis.ticks.map((_, i) => i).filter(i => i % every === 0);
    made.values = (u, splits) => splits.map(i => shortened(axis.ticks[i] ?? "", upright ? 8 : 14));
    const long = axis.ticks.some(text => text.length > 5) && axis.ticks.length > 4;
    if (!upright && long) Object.assign(made, {rotate: -50, size: 76});
  } else if (axis.scale === "date") {
    made.values = (u, splits) => splits.map(value => position(axis, value).slice(0, 10));
  } else {
    made.values = (u, splits) => splits.map(value => value === null ? "" : digits(value));
  }
  return made;
}

const shortened = (text, most) => text.length > most ? `${text.slice(0, most - 1)}…` : text;

