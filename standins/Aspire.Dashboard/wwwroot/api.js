// Talks with the host of the page.

const connection = document.getElementById("connection");

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    connection.textContent = "The AppHost does not answer.";
    throw error;
  }
  connection.textContent = answer.status === 401 ? "The AppHost was started anew: open the address that it has printed." : "";
  return answer;
}

export async function get(path, parameters) {
  const query = new URLSearchParams(parameters ?? {}).toString();
  const answer = await ask(query ? `${path}?${query}` : path);
  return answer.ok ? answer.json() : null;
}

export async function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
