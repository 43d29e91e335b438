// What a replica prints, as it prints it.

import { get } from "./api.js";
import { el } from "./dom.js";

const maxLines = 2000;
// Escape sequences that colour a terminal.
const escapes = /\u001b\[[0-9;]*[A-Za-z]/g;
// Lines come with the time at which they were read (UTC); the day is left out.
const stamp = /^[0-9-]+T([0-9:]+\.[0-9]{3})[0-9]*Z/;

export function consoleView(main, wanted) {
  const choice = el("select", { id: "console-of" });
  const follow = el("input", { id: "console-follow", type: "checkbox", checked: true });
  const lines = el("ol", { class: "console", tabindex: "0", "aria-label": "Console" });
  let current = wanted ?? "";
  let last = 0;
  let offered = "";

  choice.addEventListener("change", () => { location.hash = `#/console/${encodeURIComponent(choice.value)}`; });
  main.replaceChildren(
    el("form", { class: "filter", onsubmit: event => event.preventDefault() },
      el("label", { for: "console-of" }, "Console of"), choice,
      follow, el("label", { for: "console-follow" }, "Follow")),
    lines);

  return {
    async refresh(resources, isShown) {
      const ids = resources.map(resource => resource.id).sort();
      if (!current && ids.length > 0) current = ids[0];
      if (offered !== ids.join()) {
        offered = ids.join();
        choice.replaceChildren(...ids.map(id => el("option", { value: id, selected: id === current }, id)));
      }
      if (!current) return;
      const news = await get("/api/logs", { id: current, after: last });
      if (!news || !isShown() || news.length === 0) return;
      lines.append(...news.filter(line => line.number > last).map(line =>
        el("li", { class: line.isError ? "error" : null }, line.text.replace(escapes, "").replace(stamp, "$1"))));
      last = news.at(-1).number;
      while (lines.children.length > maxLines) lines.firstChild.remove();
      if (follow.checked) lines.scrollTop = lines.scrollHeight;
    },
  };
}
