import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { Countersign, command } from "../index.js";

const call = command("rm -r build", "/home/ana/shop", "it is old");
const allow = { id: "01K", effect: "allow", reason: "why not", receipt: { index: 3, hash: "ab" } };
const ask = { id: "01K", effect: "ask", reason: "people decide", approval: { id: "APR-1", url: "http://x/1" } };

let server;
let countersign;
let answers = [];
let asked = [];

before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, token: request.headers.authorization, body });
      const { status = 200, content } = answers.length > 1 ? answers.shift() : answers[0];
      response.writeHead(status, status === 302 ? { Location: "/v1/decisions" } : {});
      response.end(typeof content === "string" ? content : JSON.stringify(content));
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  countersign = new Countersign({ server: `http://127.0.0.1:${server.address().port}`, token: "csa_x" });
});
after(() => server.close());
beforeEach(() => {
  answers = [];
  asked = [];
});

test("an allow has its receipt", async () => {
  answers = [{ content: allow }];
  const decision = await countersign.decide({ ...call, client: "tidy" });
  assert.equal(decision.effect, "allow");
  assert.equal(decision.receipt, "ab");
  assert.equal(asked[0].token, "Bearer csa_x");
  assert.deepEqual(JSON.parse(asked[0].body), {
    client: "tidy",
    tool: "Bash",
    input: { command: "rm -r build", description: "it is old" },
    cwd: "/home/ana/shop",
  });
});

test("a question is left open, or waited for past a server that is away", async () => {
  answers = [{ content: ask }, { content: ask }, { status: 503, content: "" }, { content: ask }, { content: allow }];
  const open = await countersign.decide(call);
  assert.equal(open.effect, "ask");
  assert.equal(open.approval, "APR-1");
  const decision = await countersign.decide(call, { wait: 60_000 });
  assert.equal(decision.allowed, true);
  assert.match(asked[4].url, /^\/v1\/decisions\/01K\?wait=20000ms$/);
});

test("a server that does not wait is not asked all the time", async () => {
  answers = [{ content: ask }];
  const start = performance.now();
  assert.equal((await countersign.decide(call, { wait: 1_500 })).allowed, false);
  assert.ok(performance.now() - start > 1_400);
  assert.ok(asked.length >= 2 && asked.length <= 5, `${asked.length} requests`);
});

test("a refusal says what would be allowed, a later time when", async () => {
  answers = [
    { content: { id: "1", effect: "deny", reason: "r", instead: "i" } },
    { content: { id: "1", effect: "defer", reason: "r", until: "2026-03-29T10:00:00Z" } },
  ];
  assert.equal((await countersign.decide(call)).instead, "i");
  assert.equal((await countersign.decide(call)).until, "2026-03-29T10:00:00Z");
});

const noAllow = [
  "",
  "yes",
  "{}",
  "[]",
  "null",
  { effect: "allow" },
  { effect: "allow", id: "1", receipt: null },
  { effect: "allow", id: "1", receipt: { hash: 7 } },
  { effect: ["allow"], id: "1", receipt: { hash: "a" } },
  { effect: "ALLOW", id: "1", receipt: { hash: "a" } },
];
for (const content of noAllow) {
  test(`no permission: ${JSON.stringify(content)}`, async () => {
    answers = [{ content }];
    const decision = await countersign.decide(call);
    assert.equal(decision.effect, "failed");
    assert.equal(decision.allowed, false);
    assert.notEqual(decision.reason, "");
  });
}

for (const status of [201, 302, 400, 401, 403, 404, 429, 500, 503]) {
  test(`no permission with status ${status}`, async () => {
    answers = [{ status, content: allow }];
    assert.equal((await countersign.decide(call)).allowed, false);
  });
}

test("no server is no permission", async () => {
  const nobody = new Countersign({ server: "http://127.0.0.1:1", token: "csa_x" });
  const decision = await nobody.decide(call, { wait: 60_000 });
  assert.equal(decision.effect, "failed");
  assert.match(decision.reason, /^Countersign could not be asked: /);
  assert.equal(await nobody.report(decision, { success: true }), false);
});

test("a signal ends the wait", async () => {
  answers = [{ content: ask }];
  const open = await countersign.decide(call);
  const decision = await countersign.await(open, { wait: 60_000, signal: AbortSignal.abort() });
  assert.equal(decision.allowed, false);
});

test("an outcome is reported", async () => {
  answers = [{ content: allow }, { status: 201, content: {} }];
  const decision = await countersign.decide(call);
  assert.equal(await countersign.report(decision, { success: false, output: "no space", durationMs: 12.3 }), true);
  assert.deepEqual(JSON.parse(asked[1].body), {
    decision: "01K",
    status: "failure",
    output: "no space",
    duration_ms: 12,
  });
});

test("an address or token that is none is said at once", () => {
  assert.throws(() => new Countersign({ server: "ftp://x", token: "t" }), TypeError);
  assert.throws(() => new Countersign({ server: "http://x", token: "a\nb" }), TypeError);
});
