// The server as the extension's own client library sees it: mistakes, completion, hover, rename, and what a declaration becomes.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import assert from "node:assert/strict";

const require = createRequire(import.meta.url);
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

const program = process.argv[2];
if (!program) {
  console.error("usage: node test/client.mjs CLEARWAY");
  process.exit(2);
}
const shop = join(dirname(fileURLToPath(import.meta.url)), "../../../examples/online-boutique");
const path = join(shop, "gates.cw");
const uri = pathToFileURL(path).href;
const sound = readFileSync(path, "utf8");

const server = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const client = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
const told = [];
const waiting = [];
client.onNotification("textDocument/publishDiagnostics", (news) => {
  told.push(news);
  waiting.splice(0).forEach((look) => look());
});
client.onRequest("client/registerCapability", () => null);
client.listen();

/** The next diagnostics of the file for which something holds. */
function diagnostics(fits) {
  return new Promise((found) => {
    const look = () => {
      const at = told.findIndex((news) => news.uri === uri && fits(news.diagnostics));
      if (at >= 0) {
        found(told.splice(0, at + 1).at(-1).diagnostics);
      } else {
        waiting.push(look);
      }
    };
    look();
  });
}

/** Where a piece of the text begins, and so many characters behind it. */
function position(text, piece, behind = 0) {
  const before = text.slice(0, text.indexOf(piece) + behind);
  return { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 };
}

let version = 1;
async function replace(text) {
  version += 1;
  await client.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
}

const late = setTimeout(() => {
  console.error("the server does not answer");
  process.exit(1);
}, 60_000);

const started = await client.sendRequest("initialize", {
  processId: process.pid,
  rootUri: pathToFileURL(shop).href,
  capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
});
assert.equal(started.serverInfo.name, "clearway");
await client.sendNotification("initialized", {});
await client.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "clearway", version, text: sound } });

const wrong = sound.replace("require coverage.lines", "requires coverage.lines");
await replace(wrong);
const [mistake] = await diagnostics((found) => found.length > 0);
assert.equal(mistake.code, "CW0303");
assert.equal(mistake.range.start.line, position(wrong, "requires").line);

const half = sound.replace("require coverage.lines >= 80%", "require coverage.");
await replace(half);
const textDocument = { uri };
const offered = await client.sendRequest("textDocument/completion", { textDocument, position: position(half, "require coverage.", 17) });
const items = Array.isArray(offered) ? offered : offered.items;
assert.ok(items.some((item) => item.label === "lines"), JSON.stringify(items.map((item) => item.label)));

await replace(sound);
await diagnostics((found) => found.length === 0);
const hover = await client.sendRequest("textDocument/hover", { textDocument, position: position(sound, "coverage.lines", 3) });
assert.ok(hover.contents.value.includes("coverage.lines"), hover.contents.value);
const edit = await client.sendRequest("textDocument/rename", { textDocument, position: position(sound, "gate scan", 5), newName: "audit" });
assert.ok(Object.keys(edit.changes).length >= 1, JSON.stringify(edit));
const files = await client.sendRequest("clearway/pipeline", { textDocument, position: position(sound, "gate scan", 5), target: "github" });
assert.ok(files[0].text.split("\n")[files[0].lines[0]].includes("scan"), files[0].path);

await client.sendRequest("shutdown");
await client.sendNotification("exit");
clearTimeout(late);
console.log("the server answers the client");
