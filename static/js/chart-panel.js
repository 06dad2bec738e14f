// Draws <canvas data-chart="id"> from <script type="application/json" id="id"> in our colours, again on a theme change.
//
// { "labels": ["2026-11-01", ...],                      x axis, any words
//   "series": [{"name": "Pain", "values": [3, null, 5], "tone": "brand|navy|warm", "kind": "line|bar", "axis": "left|right"}],
//   "y": {"min": 0, "max": 10, "step": 2, "title": ""}, "y2": {...},
//   "bands": [{"from": 4, "to": 10, "name": "high activity"}],
//   "events": [{"at": "2026-11-03", "name": "Version 2", "tone": "navy"}] }
//
// null is a gap and stays one. Chart.js is loaded only when a page has a chart.
const vendor = new URL("../vendor/chartjs/chart.umd.min.js", import.meta.url);
let loading = null;

const load = () => (loading ??= import(vendor).then(() => window.Chart));

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function tint(hex, share) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${r} ${g} ${b} / ${share})`;
}

// Bands for cut-offs and thin vertical lines for events, both with their names.
const marks = {
  id: "marks",
  beforeDatasetsDraw(chart, _args, { bands = [], soft, colour, font }) {
    const { ctx, chartArea: area, scales: { y } } = chart;
    ctx.save();
    for (const band of bands) {
      const top = Math.max(y.getPixelForValue(Math.min(band.to, y.max)), area.top);
      const bottom = Math.min(y.getPixelForValue(Math.max(band.from, y.min)), area.bottom);
      ctx.fillStyle = soft;
      ctx.fillRect(area.left, top, area.width, bottom - top);
      ctx.fillStyle = colour;
      ctx.font = font;
      ctx.textBaseline = "top";
      ctx.fillText(band.name, area.left + 6, top + 4);
    }
    ctx.restore();
  },
  afterDatasetsDraw(chart, _args, { events = [], tones, font }) {
    const { ctx, chartArea: area, scales: { x } } = chart;
    ctx.save();
    ctx.font = font;
    let free = [-Infinity, -Infinity];
    for (const event of events) {
      const index = chart.data.labels.indexOf(event.at);
      if (index < 0) continue;
      const at = Math.round(x.getPixelForValue(index)) + 0.5;
      const width = ctx.measureText(event.name).width;
      const left = at + 4 + width > area.right;
      const row = free.findIndex((end) => (left ? at - 4 - width : at) > end);
      const line = row < 0 ? 0 : row;
      free[line] = at + 8 + (left ? 0 : width);
      ctx.strokeStyle = tones[event.tone] ?? tones.navy;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(at, area.top - 30 + line * 14);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
      ctx.fillStyle = tones[event.tone] ?? tones.navy;
      ctx.textAlign = left ? "right" : "left";
      ctx.textBaseline = "top";
      ctx.fillText(event.name, at + (left ? -4 : 4), area.top - 30 + line * 14);
    }
    ctx.restore();
  },
};

// The name of a series at its last point, instead of a legend.
const names = {
  id: "names",
  afterDatasetsDraw(chart, _args, { font }) {
    const { ctx, chartArea: area } = chart;
    ctx.save();
    ctx.font = font;
    ctx.textBaseline = "middle";
    let taken = [];
    chart.data.datasets.forEach((set, at) => {
      const last = set.data.findLastIndex((value) => value !== null);
      if (last < 0 || set.type === "bar") return;
      let y = chart.getDatasetMeta(at).data[last].y;
      while (taken.some((other) => Math.abs(other - y) < 14)) y += 14;
      taken.push(y);
      ctx.fillStyle = set.borderColor;
      ctx.fillText(set.label, area.right + 8, Math.min(y, area.bottom));
    });
    ctx.restore();
  },
};

function axis(shape = {}, colours, position = "left") {
  return {
    position,
    min: shape.min,
    max: shape.max,
    border: { display: false },
    grid: { color: position === "left" ? colours.line : "transparent", drawTicks: false },
    ticks: { stepSize: shape.step, color: colours.soft, padding: 8 },
    title: { display: Boolean(shape.title), text: shape.title, color: colours.soft },
  };
}

function options(shape, colours, font) {
  // The heading names a single series; several are named at their ends.
  const named = shape.series.length > 1 ? shape.series.filter((one) => one.kind !== "bar") : [];
  const wide = Math.max(0, ...named.map((one) => one.name.length));
  const scales = {
    x: {
      border: { color: colours.line },
      grid: { display: false },
      ticks: { color: colours.soft, maxRotation: 0, autoSkipPadding: 16, padding: 4 },
    },
    y: axis(shape.y, colours),
  };
  if (shape.y2) scales.y2 = axis(shape.y2, colours, "right");
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", intersect: false },
    layout: { padding: { top: shape.events?.length ? 30 : 4, right: wide ? wide * 7 + 16 : 4 } },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: token("toast"), titleColor: token("on-toast"), bodyColor: token("on-toast"),
        padding: 10, cornerRadius: 6, boxPadding: 4, displayColors: shape.series.length > 1,
      },
      marks: { bands: shape.bands, events: shape.events, soft: token("sunken"), colour: colours.soft, tones: colours, font },
      names: { font: `600 ${font}` },
    },
    scales,
  };
}

// A rated day between two gaps has no line to show it.
const isLone = (values, at) => (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;

function draw(canvas, Chart) {
  const source = document.getElementById(canvas.dataset.chart);
  if (!source) return;
  const shape = JSON.parse(source.textContent);
  const colours = { line: token("line"), soft: token("ink-soft"), brand: token("brand"), navy: token("navy"), warm: token("warm") };
  const font = `13px ${token("font")}`;
  Chart.defaults.font.family = token("font");
  Chart.defaults.font.size = 13;
  Chart.getChart(canvas)?.destroy();
  const few = shape.labels.length < 40;
  new Chart(canvas, {
    type: "line",
    data: {
      labels: shape.labels,
      datasets: shape.series.map((one) => {
        const colour = colours[one.tone ?? "brand"];
        return {
          type: one.kind ?? "line",
          label: one.name,
          data: one.values,
          yAxisID: one.axis === "right" ? "y2" : "y",
          borderColor: colour,
          backgroundColor: one.kind === "bar" ? tint(colour, 0.35) : colour,
          borderWidth: one.kind === "bar" ? 0 : 2,
          borderRadius: 3,
          borderDash: one.tone === "navy" ? [6, 3] : [],
          pointStyle: one.tone === "navy" ? "rectRot" : "circle",
          pointRadius: few ? 3 : (context) => (isLone(context.dataset.data, context.dataIndex) ? 2.5 : 0),
          pointHoverRadius: 5,
          spanGaps: false,
          tension: 0,
        };
      }),
    },
    options: options(shape, colours, font),
    plugins: shape.series.length > 1 ? [marks, names] : [marks],
  });
}

async function drawAll(root = document) {
  const canvases = root.querySelectorAll("canvas[data-chart]");
  if (!canvases.length) return;
  const Chart = await load();
  await document.fonts?.ready;
  canvases.forEach((canvas) => draw(canvas, Chart));
}

drawAll();
document.addEventListener("themechange", () => drawAll());
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
