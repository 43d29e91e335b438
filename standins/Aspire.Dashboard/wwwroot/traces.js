// The list of traces, and one trace as a waterfall.

import { get } from "./api.js";
import { colour, duration, el, replace, svg, time } from "./dom.js";

const rowHeight = 26;
// What was looked for is there again when one comes back from a trace.
const filter = { service: "", text: "" };

const badge = (service, spans) =>
  el("span", { class: `badge ${colour(service)}` }, spans === undefined ? service : `${service} ${spans}`);

export function tracesView(main) {
  const services = el("select", { id: "trace-service" });
  const text = el("input", {
    id: "trace-text", type: "search", value: filter.text, placeholder: "name, attribute or trace id", maxlength: "200",
  });
  const body = el("tbody", null);
  let shown = "";
  let offered = null;
  let refreshNow = () => {};

  services.addEventListener("change", () => { filter.service = services.value; refreshNow(); });
  text.addEventListener("input", () => { filter.text = text.value; refreshNow(); });
  main.replaceChildren(
    el("form", { class: "filter", onsubmit: event => event.preventDefault() },
      el("label", { for: "trace-service" }, "Resource"), services,
      el("label", { for: "trace-text" }, "Text"), text),
    el("table", { class: "traces" },
      el("caption", null, "Traces"),
      el("thead", null, el("tr", null, ["Began", "Name", "Resources and their spans", "Spans", "Duration"].map(
        (title, place) => el("th", { scope: "col", class: place > 2 ? "number" : null }, title)))),
      body));

  const row = trace => el("tr", { "data-trace": trace.traceId, class: trace.hasError ? "failed" : null },
    el("td", null, time(trace.start)),
    el("th", { scope: "row" }, el("a", { id: `trace-${trace.traceId}`, href: `#/traces/${trace.traceId}` }, trace.name)),
    el("td", null, trace.services.map(service => badge(service.name, service.spans))),
    el("td", { class: "number" }, trace.spans),
    el("td", { class: "number" }, duration(trace.durationMs)));

  async function refresh(_, isShown) {
    refreshNow = () => refresh(_, isShown);
    const asked = { ...filter };
    const found = await get("/api/traces", asked);
    if (!found || !isShown() || asked.service !== filter.service || asked.text !== filter.text) return;
    if (offered !== found.services.join()) {
      offered = found.services.join();
      services.replaceChildren(el("option", { value: "" }, "all"), ...found.services.map(service =>
        el("option", { value: service, selected: service === filter.service }, service)));
    }
    const state = JSON.stringify(found.traces);
    if (state !== shown) {
      shown = state;
      replace(body, found.traces.length > 0
        ? found.traces.map(row)
        : el("tr", null, el("td", { colspan: "5", class: "faint" }, "No traces yet.")));
    }
  }
  return { refresh };
}

export function traceView(main, traceId) {
  let shown = "";
  let selected = null;
  let trace = null;

  function draw() {
    const total = Math.max(trace.durationMs, 0.001);
    const percent = milliseconds => `${(100 * milliseconds / total).toFixed(3)}%`;
    const places = new Map(trace.rows.map((row, place) => [row.spanId, place]));
    replace(main,
      el("p", { class: "filter" }, el("a", { class: "button", href: "#/traces" }, "All traces"),
        el("strong", null, trace.name), el("span", null, `${time(trace.start)}, ${duration(trace.durationMs)}, ${trace.rows.length} spans`),
        el("code", null, trace.traceId)),
      el("div", { class: "waterfall" },
        el("table", null,
          el("caption", null, `Spans of ${trace.name}`),
          el("thead", null, el("tr", null,
            el("th", { scope: "col", class: "name" }, "Span"), el("th", { scope: "col", class: "service" }, "Resource"),
            el("th", { scope: "col", class: "bar" }, [0, 0.25, 0.5, 0.75].map(part => {
              const tick = el("span", { class: "tick" }, duration(total * part));
              tick.style.left = `${100 * part}%`;
              return tick;
            })),
            el("th", { scope: "col", class: "took number" }, "Took"))),
          el("tbody", null, trace.rows.map(row => spanRow(row, percent)))),
        links(places, percent)),
      details());
  }

  function spanRow(row, percent) {
    const bar = el("span", { class: `span ${colour(row.service)}` });
    bar.style.left = percent(row.offsetMs);
    bar.style.width = percent(row.durationMs);
    const name = el("th", { scope: "row", class: "name" }, el("button", {
      id: `span-${row.spanId}`,
      "aria-expanded": String(row.spanId === selected),
      "aria-controls": "span-details",
      onclick: () => {
        selected = row.spanId === selected ? null : row.spanId;
        draw();
      },
    }, row.name), row.labels.map(label => el("span", { class: "label" }, label)));
    name.style.setProperty("--depth", row.depth);
    return el("tr", {
      "data-span": row.spanId, "data-depth": row.depth, "data-service": row.service, "data-kind": row.kind,
      class: row.error === null ? null : "failed",
    },
    name,
    el("td", { class: "service" }, badge(row.service)),
    el("td", { class: "bar" }, bar),
    el("td", { class: "took number" }, duration(row.durationMs)));
  }

  // A line from the span that is linked to, to the beginning of the one that links. It leaves the former when the
  // latter begins, or at its end if that is before: what was sent may be read before its sender knows.
  function links(places, percent) {
    const middle = place => rowHeight * (place + 0.5);
    const lines = trace.rows.flatMap((row, place) => row.links
      .filter(link => link.traceId === trace.traceId && places.has(link.spanId))
      .map(link => {
        const from = trace.rows[places.get(link.spanId)];
        return svg("line", {
          "data-from": link.spanId, "data-to": row.spanId,
          x1: percent(Math.min(Math.max(row.offsetMs, from.offsetMs), from.offsetMs + from.durationMs)), y1: middle(places.get(link.spanId)),
          x2: percent(row.offsetMs), y2: middle(place),
        });
      }));
    return svg("svg", { class: "links", "aria-hidden": "true", height: rowHeight * trace.rows.length }, lines);
  }

  function details() {
    const row = trace.rows.find(one => one.spanId === selected);
    if (!row) return el("p", { id: "span-details", class: "faint" }, "Choose a span to see its attributes.");
    const facts = [
      ["kind", row.kind.toLowerCase()], ["instance", row.instance], ["began after", duration(row.offsetMs)],
      ["took", duration(row.durationMs)], ["error", row.error], ["span id", row.spanId],
    ].filter(([, value]) => value !== null);
    return el("section", { id: "span-details" },
      el("h2", null, row.name),
      el("table", null, el("caption", null, `Attributes of ${row.name}`), el("tbody", null,
        [...facts, ...row.attributes.map(attribute => [attribute.key, attribute.value])].map(([name, value]) =>
          el("tr", null, el("th", { scope: "row" }, name), el("td", null, value))))),
      row.links.length > 0 && el("p", { class: "buttons" }, "Links: ", row.links.map(linkOf)));
  }

  function linkOf(link) {
    if (link.traceId !== trace.traceId) {
      return el("a", { class: "button", href: `#/traces/${link.traceId}` }, `trace ${link.traceId.slice(0, 8)}…`);
    }
    const target = trace.rows.find(row => row.spanId === link.spanId);
    return target
      ? el("button", { onclick: () => { selected = link.spanId; draw(); } }, target.name)
      : el("span", { class: "faint" }, `span ${link.spanId}`);
  }

  return {
    async refresh(_, isShown) {
      const found = await get(`/api/traces/${encodeURIComponent(traceId)}`);
      if (!isShown()) return;
      if (!found) {
        if (!trace) replace(main, el("p", { class: "filter" },
          el("a", { class: "button", href: "#/traces" }, "All traces"), "This trace is not kept here (any more)."));
        return;
      }
      const state = JSON.stringify(found);
      if (state !== shown) {
        shown = state;
        trace = found;
        draw();
      }
    },
  };
}
