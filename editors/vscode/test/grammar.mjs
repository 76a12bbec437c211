// Every text of the language in the repository is coloured to its end: brackets close, and the words that start
// declarations are coloured as such.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm);
const source = readFileSync(join(here, "../syntaxes/clearway.tmLanguage.json"), "utf8");
const kinds = new RegExp(`^(${JSON.parse(source).repository.kinds.match})(?![A-Za-z0-9_-])`);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(source, "clearway.json"),
});
const grammar = await registry.loadGrammar("source.clearway");

function texts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return texts(path);
    return entry.name.endsWith(".cw") ? [path] : [];
  });
}

let failures = 0;
let count = 0;
for (const path of [...texts(join(root, "examples")), ...texts(join(root, "stdlib"))]) {
  count += 1;
  let stack = textmate.INITIAL;
  for (const [at, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    const top = stack.depth === 1;
    stack = ruleStack;
    const fail = (why) => {
      failures += 1;
      console.error(`${path}:${at + 1}: ${why}: ${line}`);
    };
    if (top && kinds.test(line) && !tokens[0].scopes.includes("keyword.other.kind.clearway")) fail("no kind");
    // What stands at column 0 and closes nothing stands in no block.
    if (/^[a-z]/.test(line) && !top) fail("a block is still open");
  }
}
console.log(`${count} texts, ${failures} failures`);
process.exit(failures === 0 && count > 0 ? 0 : 1);
