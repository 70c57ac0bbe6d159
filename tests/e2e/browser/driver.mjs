// Drives a real browser for a test in Python: one JSON command a line on stdin, one JSON answer a line on stdout.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [executablePath, origin] = process.argv.slice(2);
const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
  .concat(["--disable-component-update", "--disable-sync", "--no-sandbox"])
  .concat(`--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(origin).hostname}`);
const browser = await chromium.launch({ executablePath, headless: true, args });
const pages = new Map();

async function visitor(name, options) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  context.on("response", async (response) => {
    const request = response.request();
    const { pathname } = new URL(request.url());
    const size = request.postDataBuffer()?.length ?? 0;
    seen.requests.push({ method: request.method(), url: request.url(), pathname, status: response.status(), size });
  });
  context.on("requestfailed", (request) => seen.complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && seen.complaints.push(message.text()));
  page.setDefaultTimeout(15_000);
  pages.set(name, { context, page, seen });
}

async function run({ visitor: name, on, method, args }) {
  if (method === "visitor") return visitor(name, ...args);
  const { context, page, seen } = pages.get(name);
  if (on === "seen") return seen[method];
  if (on === "page" || on === "keyboard") return (on === "page" ? page : page.keyboard)[method](...args);
  if (on === "context") return context[method](...args);
  return page.locator(on)[method](...args);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const value = await run(JSON.parse(line));
    const plain = value === undefined || typeof value?.url === "function" ? null : value;
    answer = { value: Buffer.isBuffer(plain) ? null : plain };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
await browser.close();
