// Looks at pages in a browser as a reader uses them. Standard input is a list of {file, compared, enough}; standard output a list of lists of findings.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const modules = createRequire(join(process.env.CLEARWAY_MODULES, "x.js"));
const { chromium } = modules("playwright-core");
const AXE = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
// How long anything may take that a reader does.
const PATIENCE = 5000;
const VERDICTS = ["weaker", "incomparable", "stronger", "neutral"];

// What accessibility rules are broken, as they are called.
const axe = async (page, when, say) => {
  const broken = await page.evaluate(async () => (await axe.run(document)).violations.map((one) => `${one.id}: ${one.nodes[0].target} (${one.nodes.length})`));
  broken.forEach((one) => say(`${when}: ${one}`));
};

// As it opens, with all that can be opened, and in use.
const accessible = (colours) => async (page, say) => {
  await page.evaluate(AXE);
  await page.$$eval("details", (all) => all.forEach((one) => { one.open = true; }));
  await axe(page, colours, say);
  await page.locator("#graph svg a").first().click();
  await page.fill("#find", "service");
  await axe(page, `${colours}, in use`, say);
};

const drawn = async (page, say) => {
  const boxes = await page.$$eval("#graph svg .node rect", (all) => all.map((one) => one.getBoundingClientRect().toJSON()));
  const edges = await page.$$eval("#graph svg path.edge", (all) => all.filter((one) => one.getTotalLength() > 0).length);
  const articles = await page.locator("#services article").count();
  if (articles === 0 || boxes.length !== articles) say(`graph: ${boxes.length} boxes for ${articles} services`);
  if (boxes.some((box) => box.width === 0 || box.height === 0)) say("graph: a box is not to be seen");
  const required = await page.$$eval("#services article dt", (all) => all.filter((one) => one.textContent === "requires").map((one) => one.nextElementSibling.querySelectorAll("li").length));
  const needed = required.reduce((sum, one) => sum + one, 0);
  if (edges < needed) say(`graph: ${edges} edges for ${needed} requirements`);
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
    if (one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom) say("graph: boxes cover each other");
  }));
  for (const svg of await page.locator("main svg").all()) {
    if (!(await svg.getAttribute("aria-label"))) say("a picture does not say what it is");
  }
};

const facts = async (page, say) => {
  const links = page.locator("#graph svg a");
  const count = await links.count();
  for (const at of [...new Set([0, count - 1])].filter((at) => at >= 0)) {
    for (const way of ["click", "keyboard"]) {
      const link = links.nth(at);
      const name = await link.locator("text").first().textContent();
      if (way === "click") await link.click();
      else { await link.focus(); await page.keyboard.press("Enter"); }
      const shown = page.locator("#facts");
      if (!(await shown.isVisible())) say(`facts: a ${way} on ${name} shows nothing`);
      else if ((await shown.locator("h3").first().textContent()) !== name) say(`facts: a ${way} on ${name} shows others`);
      else if ((await page.locator("#graph svg g.chosen").count()) < (await shown.locator("dd li").count())) say(`facts: the edges of ${name} are not shown`);
      else if (!(await shown.textContent()).includes("version")) say(`facts: ${name} has no version`);
    }
  }
};

const search = async (page, say) => {
  const names = await page.$$eval("#services article", (all) => all.map((one) => one.getAttribute("aria-label")));
  if (names.length === 0) return;
  await page.fill("#find", names[0]);
  if (!(await page.locator(`#services article[aria-label="${names[0]}"]`).isVisible())) say("search: what is searched for is hidden");
  await page.fill("#find", "nothing is called this");
  if (await page.locator("#services article:visible").count()) say("search: what is not searched for is shown");
  if (!(await page.locator("#found").textContent()).startsWith("0 of")) say("search: it does not say how much was found");
  await page.fill("#find", "");
};

const changes = async (page, say) => {
  const kinds = await page.$$eval("#diff section.verdict", (all) => all.map((one) => [one.dataset.kind, one.getBoundingClientRect().top]));
  if (!kinds.some(([kind]) => kind === "weaker")) say("changes: nothing is weaker");
  const order = [...kinds].sort((one, other) => one[1] - other[1]).map(([kind]) => VERDICTS.indexOf(kind));
  if (order.some((rank, at) => rank < 0 || (at > 0 && rank < order[at - 1]))) say("changes: the weaker ones do not come first");
  const top = await page.$eval("#diff", (one) => one.getBoundingClientRect().top);
  const others = await page.$$eval("main > section:not(#diff)", (all) => all.map((one) => one.getBoundingClientRect().top));
  if (others.some((other) => other < top)) say("changes: something else comes before them");
  for (const [kind] of kinds) {
    await page.selectOption("#verdict", kind);
    const shown = await page.$$eval("#diff section.verdict", (all) => all.filter((one) => !one.hidden).map((one) => one.dataset.kind));
    if (shown.join() !== kind) say(`changes: the filter for ${kind} shows ${shown.join()}`);
  }
  await page.selectOption("#verdict", "");
};

const closed = async (page, say) => {
  const policy = await page.$$eval("head > meta[http-equiv]", (all) => all.map((one) => one.content).join());
  if (!policy.startsWith("default-src 'none'; ") || /unsafe|\*|https?:/.test(policy)) say(`policy: ${policy || "none"}`);
  const open = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes].filter((attribute) => attribute.name.startsWith("on") || attribute.name === "style" || /^\s*javascript:/i.test(attribute.value)).map((attribute) => `${one.tagName} ${attribute.name}`)));
  open.forEach((one) => say(`policy: ${one} in the page`));
};

const look = async (browser, { file, compared, enough }) => {
  const found = new Set();
  const say = (text) => found.add(text);
  const address = pathToFileURL(file).href;
  // What is looked with is put in from outside, so the page's own policy must not bind it; in the first context it binds the page.
  for (const [colorScheme, bypassCSP] of [["light", false], ["light", true], ["dark", true]]) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme, bypassCSP });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) say(`console: ${message.text()}`); });
    page.on("pageerror", (error) => say(`script: ${error.message}`));
    // What a page asks for is told, and never fetched.
    await page.route((url) => !["file:", "data:"].includes(url.protocol), (route) => route.abort());
    page.on("request", (request) => { if (request.url() !== address && !request.url().startsWith("data:")) say(`network: ${request.url()}`); });
    const parts = bypassCSP ? [accessible(colorScheme)] : [closed, drawn, facts, search, ...(compared ? [changes] : [])];
    try {
      await page.goto(address, { timeout: 30000 });
      for (const part of parts) await part(page, say);
    } catch (error) {
      say(`use: ${error.message.split("\n")[0]}`);
    }
    await context.close();
    // Of a damaged page it is enough that the damage is told.
    if (enough && [...found].some((one) => one.startsWith(enough))) break;
  }
  return [...found];
};

const pages = JSON.parse(readFileSync(0, "utf8"));
// The pages are our own, and who runs this may be root, where Chromium has no sandbox.
const browser = await chromium.launch({ executablePath: process.env.CLEARWAY_BROWSER, args: ["--no-sandbox"] });
const results = [];
for (const page of pages) results.push(await look(browser, page));
await browser.close();
process.stdout.write(JSON.stringify(results));
