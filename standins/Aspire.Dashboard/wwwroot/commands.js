// Giving commands, what became of them, and what they ask the person who gave them.

import { post } from "./api.js";
import { el } from "./dom.js";

const maxResults = 20;
const results = document.getElementById("results");
const list = document.getElementById("result-list");
const dialog = document.getElementById("prompt");

// Prompts that were answered here; the host may tell of them once more.
const answered = new Set();
let asked = null;
let done = null;

export const button = (resource, command) => el("button", {
  id: `command-${resource.id}-${command.name}`,
  class: command.isHighlighted ? "highlighted" : null,
  title: command.description,
  disabled: !command.isEnabled,
  onclick: () => command.confirmation ? confirmed(resource, command) : run(resource, command),
}, command.displayName);

async function run(resource, command) {
  const status = el("strong", null, "under way …");
  const text = el("div", null);
  const result = el("article", { "data-command": command.name, "data-status": "under way" },
    el("h2", null, `${command.displayName}, ${resource.id} `, status), text);
  results.hidden = false;
  list.prepend(result);
  while (list.children.length > maxResults) list.lastChild.remove();

  const say = (outcome, message, data) => {
    result.dataset.status = outcome;
    status.textContent = outcome;
    text.replaceChildren(...[message && el("p", null, message), data && el("pre", null, data)].filter(Boolean));
  };
  try {
    const answer = await post("/api/commands", { resource: resource.id, command: command.name });
    if (!answer.ok) {
      say("failed", answer.status === 429 ? "Too many commands are under way." : `The AppHost answered ${answer.status}.`);
      return;
    }
    const outcome = await answer.json();
    say(outcome.success ? "done" : outcome.canceled ? "canceled" : "failed", outcome.message, outcome.data);
  } catch {
    say("failed", "The AppHost did not answer.");
  }
}

function open(title, message, field, yes, no) {
  dialog.replaceChildren(el("form", {
    onsubmit: event => {
      event.preventDefault();
      yes();
      close();
    },
  },
  el("h2", null, title),
  message && el("p", null, message),
  field,
  el("p", { class: "buttons" },
    el("button", { type: "submit", class: "highlighted" }, "OK"),
    el("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
  done = no;
  dialog.showModal();
}

function close() {
  done = null;
  dialog.close();
}

// However it is closed: by a button, by Escape, or because nobody asks any more.
dialog.addEventListener("close", () => {
  done?.();
  done = null;
});

function confirmed(resource, command) {
  open(`${command.displayName}, ${resource.id}`, command.confirmation, null, () => run(resource, command), null);
}

document.getElementById("close-results").addEventListener("click", () => { results.hidden = true; });

export function showPrompts(prompts) {
  if (asked !== null && !prompts.some(prompt => prompt.id === asked)) {
    asked = null;
    close();
  }
  const next = prompts.find(prompt => !answered.has(prompt.id));
  if (!next || dialog.open) return;
  asked = next.id;
  const input = el("input", {
    id: "prompt-value", type: next.isNumber ? "number" : "text", required: next.isRequired, autocomplete: "off",
    value: next.value ?? "", placeholder: next.placeholder, maxlength: next.isNumber ? null : next.maxLength,
  });
  const answer = value => {
    asked = null;
    answered.add(next.id);
    post("/api/prompts", { id: next.id, value }).catch(() => {});
  };
  open(next.title, next.message,
    el("p", null,
      el("label", { for: "prompt-value" }, next.label), input, next.description && el("small", null, next.description)),
    () => answer(input.value), () => answer(null));
}
