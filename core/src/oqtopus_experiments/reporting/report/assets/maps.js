// ---- one panel that is a heat map

const EVEN = [[0,34,78],[53,69,108],[102,105,112],[148,142,119],[200,184,102],[254,232,56]];  // cividis
const SIGNED = [[5,48,97],[67,147,195],[209,229,240],[247,247,247],[253,219,199],[214,96,77],[103,0,31]];

function color(part, signed) {
  const stops = signed ? SIGNED : EVEN;
  const place = Math.min(1, Math.max(0, part)) * (stops.length - 1), low = Math.min(stops.length - 2, Math.floor(place));
  return stops[low].map((value, i) => Math.round(value + (place - low) * (stops[low + 1][i] - value)));
}

function mapPanel(panel, host, height) {
  const map = panel.map, [low, high] = map.limits, signed = low < 0 && high > 0;
  const [x, y] = [map.x_edges, map.y_edges], table = Boolean(panel.y.ticks);
  const rows = map.y.length, columns = map.x.length;
  const range = edges => [edges[0], edges[edges.length - 1]];
  let said = null;
  const fields = (u, each) => map.values.forEach((row, r) => row.forEach((value, c) => {
    const left = u.valToPos(x[c], "x", true), right = u.valToPos(x[c + 1], "x", true);
    const top = u.valToPos(y[r + 1], "y", true), bottom = u.valToPos(y[r], "y", true);
    each(value, r, c, Math.min(left, right), Math.min(top, bottom), Math.abs(right - left), Math.abs(bottom - top));
  }));
  const draw = u => clipped(u, (ctx, box, ratio) => {
    fields(u, (value, r, c, left, top, width, tall) => {
      const shade = isNumber(value) ? color((value - low) / (high - low), signed) : null;
      ctx.fillStyle = shade ? `rgb(${shade})` : css("--band");
      ctx.fillRect(Math.floor(left), Math.floor(top), Math.ceil(width) + 1, Math.ceil(tall) + 1);
      if (!shade || width < 52 * ratio || tall < 20 * ratio || rows > 8 || columns > 8) return;
      const lightness = 0.3 * shade[0] + 0.59 * shade[1] + 0.11 * shade[2];
      ctx.fillStyle = lightness > 135 ? "#000" : "#fff";
      ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = "center";
      ctx.fillText(value.toFixed(3).replace("-", "−"), left + width / 2, top + tall / 2 + 4 * ratio);
    });
  });
  const under = (edges, value) => edges.findIndex((edge, i) => i + 1 < edges.length &&
    value >= Math.min(edge, edges[i + 1]) && value <= Math.max(edge, edges[i + 1]));
  const wide = range(x), extentY = range(y), looked = view();
  const made = new uPlot({
    width: host.clientWidth, height, legend: {show: false},
    cursor: {...pointer(looked, false), x: false},
    scales: {x: {time: false, auto: false, range: () => looked.x || wide, ...scaleOf(panel.x)},
      y: {auto: false, range: () => looked.y || extentY, dir: table ? -1 : 1, ...scaleOf(panel.y)}},
    axes: [axisOf(panel.x, false, false), axisOf(panel.y, true, false)].map(axis => ({...axis, grid: {show: false}})),
    series: [{}, {scale: "y", paths: () => null, points: {show: false}}],
    hooks: {
      drawClear: [draw],
      setSelect: [u => chosen(u, looked)],
      setCursor: [u => {
        said = said || tip(u);
        const {left, top} = u.cursor;
        const c = under(x, u.posToVal(left, "x")), r = under(y, u.posToVal(top, "y"));
        if (left < 0 || c < 0 || r < 0) { said.hide(); return; }
        said.show(u.valToPos(map.x[c], "x"), u.valToPos(map.y[r], "y"), [
          `${panel.x.label.replace(/ \(.*\)$/, "")} ${position(panel.x, map.x[c])}`, `${panel.y.label.replace(/ \(.*\)$/, "")} ${position(panel.y, map.y[r])}`,
          `${map.label} = ${digits(map.values[r][c], map.stderr?.[r][c])}`, counted(map, r * columns + c)]);
      }],
    },
  }, [[...wide], [...extentY]], host);
  looked.plots.push({plot: made, x: wide, y: extentY});
  const bar = element("div", {class: "bar"}), steps = [0, .2, .4, .6, .8, 1];
  bar.style.background = `linear-gradient(to right, ${steps.map(part => `rgb(${color(part, signed)})`)})`;
  const end = value => String(+value.toPrecision(3)).replaceAll("-", "−");
  const key = element("div", {class: "key"}, panel.title?.includes(map.label) ? "" : map.label, element("span", {}, end(low)), bar, element("span", {}, end(high)));
  host.after(key);
  return {plot: made, series: []};
}
