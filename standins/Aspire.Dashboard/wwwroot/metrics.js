// The plots: the last minutes, a point a second.

import { get } from "./api.js";
import { el, replace, svg } from "./dom.js";

const height = 100;
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

// A round number above all that is shown.
function ceiling(greatest) {
  if (greatest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  return [1, 2, 5, 10].map(factor => factor * power).find(bound => bound >= greatest);
}

function path(points, maxPoints, top) {
  const offset = maxPoints - points.length;
  let drawing = false;
  return points.map((value, place) => {
    if (value === null) {
      drawing = false;
      return "";
    }
    const step = `${drawing ? "L" : "M"}${offset + place} ${(height * (1 - value / top)).toFixed(2)}`;
    drawing = true;
    return step;
  }).join("");
}

function figure(plot) {
  const top = ceiling(Math.max(0, ...plot.lines.flatMap(line => line.points.filter(value => value !== null))));
  return el("figure", { "data-plot": plot.title },
    el("figcaption", null, el("strong", null, plot.title), plot.lines.map((line, place) => {
      const latest = line.points.at(-1) ?? null;
      return el("span", { class: `legend line-${place}`, "data-line": line.label },
        `${line.label} ${latest === null ? "–" : number.format(latest)}${plot.unit && latest !== null ? ` ${plot.unit}` : ""}`);
    })),
    el("div", { class: "plot" },
      el("span", { class: "top" }, number.format(top)),
      svg("svg", { viewBox: `0 0 ${plot.maxPoints} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": plot.title },
        plot.lines.map((line, place) =>
          svg("path", { class: `line-${place}`, d: path(line.points, plot.maxPoints, top) })))));
}

export function metricsView(main) {
  return {
    async refresh(_, isShown) {
      const plots = await get("/api/plots");
      if (!plots || !isShown()) return;
      replace(main, el("h2", null, "The last five minutes"), plots.length > 0
        ? el("div", { class: "plots" }, plots.map(figure))
        : el("p", { class: "faint" }, "The AppHost has no dashboard.json that names metrics to plot."));
    },
  };
}
