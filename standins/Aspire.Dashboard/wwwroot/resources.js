// The resources, a row for each replica.

import { button } from "./commands.js";
import { el, replace, time } from "./dom.js";

const columns = [
  { title: "Resource", key: resource => resource.name },
  { title: "Replica", key: resource => resource.id },
  { title: "Kind", key: resource => resource.type },
  { title: "State", key: resource => resource.state ?? "" },
  { title: "Started", key: resource => resource.startTime ?? "" },
  { title: "Addresses", key: resource => resource.urls[0] ?? "" },
];

let sortedBy = 0;
let descending = false;

const tone = resource =>
  resource.state === "Running" ? (resource.health === "Healthy" ? "good" : "fair")
    : ["FailedToStart", "RuntimeUnhealthy"].includes(resource.state) || resource.exitCode ? "bad"
      : "idle";

const stateText = resource =>
  (resource.state ?? "Unknown")
  + (resource.health && resource.state === "Running" ? `, ${resource.health.toLowerCase()}` : "")
  + (resource.exitCode === null ? "" : `, exit code ${resource.exitCode}`);

function row(resource) {
  return el("tr", { "data-resource": resource.id },
    el("th", { scope: "row" }, resource.name),
    el("td", { class: "faint" }, resource.id === resource.name ? "" : resource.id.slice(resource.name.length + 1)),
    el("td", null, resource.type),
    el("td", { class: `state ${tone(resource)}` },
      stateText(resource), resource.problems.map(problem => el("div", { class: "problem" }, problem))),
    el("td", null, time(resource.startTime)),
    el("td", null, resource.urls.map(url => el("div", null, url))),
    el("td", { class: "buttons" },
      el("a", { class: "button", href: `#/console/${encodeURIComponent(resource.id)}` }, "Console"),
      resource.commands.map(command => button(resource, command))));
}

function header(sortAgain) {
  return el("tr", null,
    columns.map((column, place) =>
      el("th", { scope: "col", "aria-sort": sortedBy !== place ? "none" : descending ? "descending" : "ascending" },
        el("button", {
          id: `sort-${place}`,
          onclick: () => {
            descending = sortedBy === place && !descending;
            sortedBy = place;
            sortAgain();
          },
        }, column.title))),
    el("th", { scope: "col" }, "Commands"));
}

export function resourcesView(main) {
  let shown = "";
  let latest = [];

  function draw() {
    const key = columns[sortedBy].key;
    const sorted = [...latest].sort((a, b) => key(a).localeCompare(key(b)) || a.id.localeCompare(b.id));
    if (descending) sorted.reverse();
    replace(main, el("table", { class: "resources" },
      el("caption", null, "Resources"), el("thead", null, header(draw)), el("tbody", null, sorted.map(row))));
  }

  return {
    async refresh(resources, isShown) {
      const text = JSON.stringify(resources);
      if (text !== shown && isShown()) {
        shown = text;
        latest = resources;
        draw();
      }
    },
  };
}
