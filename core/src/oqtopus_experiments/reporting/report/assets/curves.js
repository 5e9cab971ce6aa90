// ---- one panel of points with error bars, and curves

function curves(panel, across) {
  const tables = [], series = [];
  for (const points of panel.points || []) {
    series.push({kind: "points", told: points, x: across[points.x], y: points.y, name: points.name || ""});
  }
  for (const line of panel.lines || [])
    series.push({kind: "line", told: line, x: across[line.x], y: line.y, name: line.name || ""});
  // The library wants one list of positions for all: null is a gap, what another series alone has is none.
  for (const one of series) {
    const order = one.x.map((_, i) => i).filter(i => isNumber(one.x[i])).sort((a, b) => one.x[a] - one.x[b]);
    const x = [], y = [];
    for (const i of order) {
      if (x.length && x[x.length - 1] === one.x[i]) continue;
      x.push(one.x[i]); y.push(one.y[i]);
    }
    tables.push([x, y]);
  }
  const data = tables.length ? uPlot.join(tables, tables.map(() => [0, 2])) : [[0, 1]];
  return {series, data};
}

function valuesOf(panel, series, upright) {
  const found = [];
  for (const one of series) {
    if (!upright) { found.push(...one.x); continue; }
    one.y.forEach((value, i) => {
      if (!isNumber(value)) return;
      const error = one.told.stderr?.[i] || 0;
      found.push(value - error, value + error);
    });
  }
  if (upright) found.push(...(panel.levels || []).filter(level => !level.upright).map(level => level.at));
  else found.push(...(panel.missing || []));
  return found;
}

function clipped(u, draw) {
  const {ctx, bbox} = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx, bbox, devicePixelRatio || 1);
  ctx.restore();
}

function fill(u, ctx, x, low, high) {
  const there = x.map((_, i) => i).filter(i => isNumber(x[i]) && isNumber(low[i]) && isNumber(high[i]));
  ctx.beginPath();
  there.forEach(i => ctx.lineTo(u.valToPos(x[i], "x", true), u.valToPos(high[i], "y", true)));
  there.reverse().forEach(i => ctx.lineTo(u.valToPos(x[i], "x", true), u.valToPos(low[i], "y", true)));
  ctx.fill();
}

function drawRegions(u, panel, across, series) {
  clipped(u, ctx => {
    ctx.fillStyle = css("--band");
    for (const band of panel.bands || []) fill(u, ctx, across[band.x], band.low, band.high);
    ctx.globalAlpha = 0.25;
    series.forEach((one, number) => {
      const {stderr} = one.told;
      if (one.kind !== "line" || !stderr || !u.series[number + 1].show) return;
      ctx.fillStyle = tint(one.told.color);
      fill(u, ctx, one.x, one.y.map((y, i) => y - stderr[i]), one.y.map((y, i) => y + stderr[i]));
    });
  });
}

function shape(ctx, look, x, y, size) {
  ctx.beginPath();
  if (look === "suspect") { ctx.moveTo(x, y - size); ctx.lineTo(x + size, y + size); ctx.lineTo(x - size, y + size); }
  else if (look === "bad") {
    ctx.moveTo(x - size, y - size); ctx.lineTo(x + size, y + size); ctx.moveTo(x + size, y - size); ctx.lineTo(x - size, y + size);
    ctx.lineWidth = size / 1.5; ctx.stroke(); return;
  } else if (look === "at_least" || look === "at_most") {
    const tip = look === "at_least" ? y - 2.4 * size : y + 2.4 * size;
    ctx.moveTo(x - size, y); ctx.lineTo(x + size, y); ctx.lineTo(x, tip);
  } else ctx.arc(x, y, look === "faint" ? size / 2 : size, 0, 7);
  ctx.fill();
}

function drawPoints(u, panel, series) {
  clipped(u, (ctx, box, ratio) => {
    series.forEach((one, number) => {
      if (one.kind !== "points" || !u.series[number + 1].show) return;
      ctx.strokeStyle = ctx.fillStyle = tint(one.told.color);
      ctx.lineWidth = 1.3 * ratio;
      const [low, high] = [u.scales.y.min, u.scales.y.max];
      one.x.forEach((x, i) => {
        const y = one.y[i], error = one.told.stderr?.[i];
        if (!isNumber(x) || !isNumber(y)) return;
        const px = u.valToPos(x, "x", true), seen = Math.min(high, Math.max(low, y)), py = u.valToPos(seen, "y", true);
        if (error > 0 && seen === y) {
          ctx.beginPath();
          ctx.moveTo(px, u.valToPos(y - error, "y", true));
          ctx.lineTo(px, u.valToPos(y + error, "y", true));
          ctx.stroke();
        }
        shape(ctx, seen === y ? one.told.look : seen < y ? "at_least" : "at_most", px, py, 3.2 * ratio);
      });
    });
    ctx.strokeStyle = ctx.fillStyle = css("--soft");
    ctx.lineWidth = 1.2 * ratio;
    for (const level of panel.levels || []) {
      const at = u.valToPos(level.at, level.upright ? "x" : "y", true);
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      ctx.beginPath();
      if (level.upright) { ctx.moveTo(at, box.top); ctx.lineTo(at, box.top + box.height); }
      else { ctx.moveTo(box.left, at); ctx.lineTo(box.left + box.width, at); }
      ctx.stroke();
      ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = "right";
      if (level.upright) ctx.fillText(level.name || "", at - 4 * ratio, box.top + 14 * ratio);  // others: see the legend
    }
    ctx.setLineDash([]);
    for (const x of panel.missing || []) {
      const px = u.valToPos(x, "x", true), py = box.top + box.height - 7 * ratio, s = 3.5 * ratio;
      ctx.beginPath();
      ctx.moveTo(px - s, py - s); ctx.lineTo(px + s, py + s); ctx.moveTo(px + s, py - s); ctx.lineTo(px - s, py + s);
      ctx.stroke();
    }
  });
}

function nearest(u, series) {
  const {left, top} = u.cursor;
  if (left === null || left < 0) return null;
  let best = null, least = REACH * REACH;
  series.forEach((one, number) => {
    if (one.kind !== "points" || one.told.look === "faint" || !u.series[number + 1].show) return;
    one.x.forEach((x, i) => {
      if (!isNumber(x) || !isNumber(one.y[i])) return;
      const px = u.valToPos(x, "x"), py = u.valToPos(Math.min(u.scales.y.max, Math.max(u.scales.y.min, one.y[i])), "y");
      const away = (px - left) ** 2 + 0.25 * (py - top) ** 2;
      if (away < least) { least = away; best = {one, i, px, py}; }
    });
  });
  return best;
}

function curvePanel(panel, across, host, height, {bare = false, linked = false, looked = view()} = {}) {
  const {series, data} = curves(panel, across);
  const x = extent(valuesOf(panel, series, false), panel.x), y = extent(valuesOf(panel, series, true), panel.y);
  let said = null;
  const made = new uPlot({
    width: host.clientWidth, height, legend: {show: false},
    cursor: pointer(looked, linked),
    scales: {x: {time: false, auto: false, range: () => looked.x || x, ...scaleOf(panel.x)}, y: {auto: false, range: () => looked.y || y, ...scaleOf(panel.y)}},
    axes: [axisOf(panel.x, false, bare), axisOf(panel.y, true, false)],
    series: [{}, ...series.map(one => one.kind === "line"
      ? {scale: "y", stroke: () => tint(one.told.color), width: 1.6, points: {show: false}}
      : {scale: "y", paths: () => null, points: {show: false}})],
    hooks: {
      drawClear: [u => drawRegions(u, panel, across, series)],
      draw: [u => drawPoints(u, panel, series)],
      setSelect: [u => chosen(u, looked)],
      setCursor: [u => {
        said = said || tip(u);
        const found = nearest(u, series);
        if (!found) { said.hide(); return; }
        const {one, i, px, py} = found;
        said.show(px, py, [one.name, `${panel.x.label.replace(/ \(.*\)$/, "")} ${position(panel.x, one.x[i])}`,
          `${panel.y.label.replace(/ \(.*\)$/, "")} = ${digits(one.y[i], one.told.stderr?.[i])} ${panel.y.unit || ""}`.trim(),
          counted(one.told, i)]);
      }],
    },
  }, data, host);
  looked.plots.push({plot: made, x, y});
  return {plot: made, series};
}
