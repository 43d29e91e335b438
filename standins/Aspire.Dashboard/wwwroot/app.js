// Which view is shown, and its refreshing.

import { get } from "./api.js";
import { showPrompts } from "./commands.js";
import { consoleView } from "./console.js";
import { metricsView } from "./metrics.js";
import { resourcesView } from "./resources.js";
import { traceView, tracesView } from "./traces.js";

const refreshMilliseconds = 1000;
const main = document.getElementById("view");

let view = null;

function viewOf(hash) {
  const [name, parameter] = hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  switch (name) {
    case "console": return consoleView(main, parameter);
    case "traces": return parameter ? traceView(main, parameter) : tracesView(main);
    case "metrics": return metricsView(main);
    default: return resourcesView(main);
  }
}

function open() {
  main.replaceChildren();
  view = viewOf(location.hash);
  const tab = `#/${location.hash.replace(/^#\//, "").split("/")[0] || "resources"}`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  refresh();
}

async function refresh() {
  const shown = view;
  try {
    const state = await get("/api/resources");
    if (state) {
      showPrompts(state.prompts);
      await shown.refresh(state.resources, () => shown === view);
    }
  } catch {
    // Said in the header; the next round asks again.
  }
}

async function refreshForEver() {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, refreshMilliseconds));
    if (!document.hidden) await refresh();
  }
}

addEventListener("hashchange", open);
open();
refreshForEver();
