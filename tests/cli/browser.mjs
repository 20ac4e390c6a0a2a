// The least of a browser that the page of docs/clients/browser-app.md needs: a visitor opens page.html and keeps
// something, opens it again, and another visitor opens it.
import { readFileSync } from "node:fs";

const script = readFileSync("page.html", "utf8").split(/<script[^>]*>|<\/script>/)[1];
const send = globalThis.fetch;
globalThis.fetch = (url, { headers, ...more }) =>
  send(url, { ...more, headers: { ...headers, Origin: "http://localhost:8080" } });

function visitor() {
  const stored = new Map();
  return { getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => stored.set(name, value) };
}

let opened = 0;
async function open(storage) {
  const list = { items: [], replaceChildren: (...items) => { list.items = items; } };
  const form = { text: { value: "" }, reset: () => { form.text.value = ""; } };
  globalThis.localStorage = storage;
  globalThis.document = { querySelector: (name) => (name === "ul" ? list : form), createElement: () => ({}) };
  await import(`data:text/javascript,${encodeURIComponent(script)}//${++opened}`);
  return { form, shown: () => list.items.map((item) => item.textContent).join() };
}

const alice = visitor();
const first = await open(alice);
console.log(`first: ${first.shown()}`);
first.form.text.value = "Likes tea.";
await first.form.onsubmit({ preventDefault() {}, target: first.form });
console.log(`again: ${(await open(alice)).shown()}`);
console.log(`other: ${(await open(visitor())).shown()}`);
