// Real clients whose MCP server runs behind the gateway. See gateway-test.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, '../..');
const option = (name) => { const i = process.argv.indexOf(name); return i < 0 ? undefined : process.argv[i + 1]; };
const program = path.resolve(option('--countersign') ?? path.join(repository, 'countersign'));
const only = option('--only');
const keep = process.argv.includes('--keep');
const arm = process.arch === 'arm64', mac = process.platform === 'darwin';
const platform = `${mac ? 'darwin' : 'linux'}-${arm ? 'arm64' : 'x64'}`;
const store = process.env.COUNTERSIGN_CLIENTS ?? path.join(repository, '.countersign', 'clients');

let passed = 0, failed = 0;
const check = (what, good, details = '') => {
  if (good) { passed++; console.log(`  ok      ${what}`); return; }
  failed++;
  console.log(`  FAILED  ${what}${details ? '\n          ' + String(details).slice(0, 1500).replaceAll('\n', '\n          ') : ''}`);
};
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function until(what, seconds, probe) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir(), 'countersign-gateway-')));
const data = path.join(scratch, 'data');
const children = new Set();
function start(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { child.text += d; });
  child.ended = new Promise((r) => child.on('close', (code, signal) => { children.delete(child); r(code ?? signal); }));
  child.end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* It is gone. */ } };
  children.add(child);
  return child;
}
function clean() {
  for (const child of children) child.end();
  if (keep) console.log(`kept ${scratch}`); else fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { clean(); process.exit(1); });
const limit = setTimeout(() => { console.log('gateway test: not done within 5 minutes'); clean(); process.exit(1); }, 300_000);

const plain = { PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: scratch, LANG: 'C.UTF-8', NO_COLOR: '1', CI: '1',
  ...(process.env.JAVA_HOME ? { JAVA_HOME: process.env.JAVA_HOME } : {}) };
const cli = (env, ...args) => spawnSync(program, [...args, '--data', data], { cwd: scratch, env: { ...plain, ...env }, encoding: 'utf8', timeout: 300_000 });
const told = (r) => `exit ${r.status}\n${r.stdout}${r.stderr}`;

let server, url, person;
async function serve() {
  server = start(program, ['serve', '--data', data, '--listen', url ? new URL(url).host : '127.0.0.1:0', '--trust-setup', '--config', path.join(scratch, 'settings.yaml')], { cwd: scratch, env: plain });
  url = await until('the server', 300, async () => {
    if (!children.has(server)) throw new Error(`the server ended:\n${server.text}`);
    try {
      const owner = JSON.parse(fs.readFileSync(path.join(data, 'owner.json'), 'utf8'));
      return (await fetch(new URL('/health/ready', owner.url))).ok && owner.url.replace(/\/$/, '');
    } catch { return undefined; }
  });
}
const api = async (method, route, body) => {
  const answer = await fetch(url + route, { method, headers: { authorization: `Bearer ${person}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  return { status: answer.status, json: await answer.json().catch(() => ({})) };
};

// A remote MCP server, which notes what reaches it.
const far = { seen: [] };
far.server = http.createServer((request, response) => {
  let text = '';
  request.on('data', (d) => { text += d; }).on('end', () => {
    const m = text ? JSON.parse(text) : {};
    far.seen.push({ http: request.method, method: m.method, name: m.params?.name, headers: request.headers });
    const answer = (result) => { response.setHeader('content-type', 'application/json'); response.end(JSON.stringify({ jsonrpc: '2.0', id: m.id, result })); };
    if (request.headers.authorization !== 'Bearer upstream-secret') { response.statusCode = 401; response.end(); return; }
    if (request.method !== 'POST') { response.statusCode = request.method === 'DELETE' ? 200 : 405; response.end(); return; }
    if (m.method === 'initialize') { response.setHeader('mcp-session-id', 'upstream-session'); return answer({ protocolVersion: m.params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'far', version: '1' } }); }
    if (m.id === undefined) { response.statusCode = 202; response.end(); return; }
    if (m.method === 'tools/list') return answer({ tools: ['echo', 'fail', 'ask_user'].map((name) => ({ name, description: name, inputSchema: { type: 'object' } })) });
    if (m.method === 'tools/call') {
      // As a stream, as most servers answer.
      response.setHeader('content-type', 'text/event-stream');
      response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id: m.id, result: { content: [{ type: 'text', text: `${m.params.name}: ${m.params.arguments?.message ?? 'ran'}` }] } })}\n\n`);
      return;
    }
    answer({});
  });
});

// ---------------------------------------------------------------- the clients
// The server's command as it stands in a client's settings.
const gated = (run) => ['mcp', '--server', url, '--name', 'tiny', '--token-file', path.join(scratch, 'token'), '--', process.execPath, path.join(here, 'tiny-mcp.mjs'), '--log', path.join(run, 'mcp.log')];
const clients = {
  'claude-code': {
    file: path.join(store, 'claude-code-2.1.329', 'node_modules', '@anthropic-ai', `claude-code-${platform}`, 'claude'),
    model: 'fake-model.mjs',
    script: (calls) => ({ main: [...calls.map(([tool, input]) => [{ name: `mcp__tiny__${tool}`, input }]), 'done'] }),
    start: (file, run, port) => {
      fs.writeFileSync(path.join(run, 'mcp.json'), JSON.stringify({ mcpServers: { tiny: { command: program, args: gated(run) } } }));
      return clients['claude-code'].go(file, run, port);
    },
    go: (file, run, port) => start(file, ['-p', 'go', '--output-format', 'json', '--permission-mode', 'bypassPermissions', '--mcp-config', path.join(run, 'mcp.json')], {
        cwd: run, env: { ...plain, HOME: run, ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'dummy', DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ENABLE_TOOL_SEARCH: 'false', IS_SANDBOX: '1' } }),
    told: (log) => log.filter((m) => m.kind === 'turn' && m.thread === 'main').slice(1).map((m) => JSON.stringify(m.results?.[0]?.content ?? '')),
  },
  codex: {
    file: path.join(store, 'codex-0.169.0', 'node_modules', `@openai/codex-${platform}/vendor/${arm ? 'aarch64' : 'x86_64'}-${mac ? 'apple-darwin' : 'unknown-linux-musl'}/bin/codex`),
    model: 'fake-model-openai-gemini.mjs',
    script: (calls) => ({ steps: [...calls.map(([tool, args]) => ({ tool, namespace: 'mcp__tiny', args })), { text: 'done' }] }),
    start: (file, run, port) => {
      fs.mkdirSync(path.join(run, '.codex'));
      fs.writeFileSync(path.join(run, '.codex', 'config.toml'), `model = "gpt-5.5"\nmodel_provider = "fake"\ncheck_for_update_on_startup = false\n[model_providers.fake]\nname = "fake"\nbase_url = "http://127.0.0.1:${port}/v1"\nenv_key = "FAKE_KEY"\nwire_api = "responses"\nrequest_max_retries = 0\nstream_max_retries = 0\n[analytics]\nenabled = false\n[feedback]\nenabled = false\n[history]\npersistence = "none"\n[projects."${run}"]\ntrust_level = "trusted"\n[mcp_servers.tiny]\nstartup_timeout_sec = 60\nrequired = true\ncommand = ${JSON.stringify(program)}\nargs = ${JSON.stringify(gated(run))}\n`);
      return start(file, ['exec', '--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', 'do it'], { cwd: run, env: { ...plain, HOME: run, FAKE_KEY: 'dummy' } });
    },
    told: (log) => (log.filter((r) => r.path.endsWith('/responses')).at(-1)?.body.input ?? []).filter((i) => /output$/.test(i.type)).map((i) => JSON.stringify(i.output)),
  },
};

clients.remote = {
  ...clients['claude-code'],
  script: (calls) => ({ main: [...calls.map(([tool, input]) => [{ name: `mcp__far__${tool}`, input }]), 'done'] }),
  start: (file, run, port) => {
    const token = fs.readFileSync(path.join(scratch, 'token'), 'utf8');
    fs.writeFileSync(path.join(run, 'mcp.json'), JSON.stringify({ mcpServers: { far: { type: 'http', url: `${url}/mcp/far`, headers: { Authorization: `Bearer ${token}` } } } }));
    return clients['claude-code'].go(file, run, port);
  },
  arrived: () => far.seen.filter((r) => r.method === 'tools/call').map((r) => r.name),
};

async function play(name, label, calls) {
  const client = clients[name];
  const run = path.join(scratch, `${name}-${label}`);
  fs.mkdirSync(run, { recursive: true });
  fs.writeFileSync(path.join(run, 'script.json'), JSON.stringify(client.script(calls)));
  const model = start(process.execPath, [path.join(here, client.model), '--script', path.join(run, 'script.json'), '--port-file', path.join(run, 'port'), '--log', path.join(run, 'model.jsonl')]);
  const port = await until('the model', 20, () => fs.existsSync(path.join(run, 'port')) && fs.readFileSync(path.join(run, 'port'), 'utf8'));
  const child = client.start(client.file, run, port);
  const stop = setTimeout(() => child.end(), 120_000);
  await child.ended;
  clearTimeout(stop);
  model.end();
  await model.ended;
  const read = (file) => (fs.existsSync(path.join(run, file)) ? fs.readFileSync(path.join(run, file), 'utf8') : '');
  const log = read('model.jsonl').trim().split('\n').filter(Boolean).map((l) => JSON.parse(l));
  return { told: client.told(log), arrived: client.arrived?.() ?? read('mcp.log').trim().split('\n').filter(Boolean), said: child.text };
}

// ---------------------------------------------------------------- an agent in an editor
// The real Gemini CLI, started by a scripted editor that knows nothing of permissions.
const gemini = path.join(store, 'gemini-0.61.0', 'node_modules', '@google/gemini-cli/bundle/gemini.js');
async function edit(label, commands) {
  const run = path.join(scratch, `gemini-${label}`), folder = path.join(run, 'project');
  const write = (file, value) => { fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, JSON.stringify(value)); };
  fs.mkdirSync(folder, { recursive: true });
  write(path.join(run, '.gemini', 'settings.json'), { security: { auth: { selectedType: 'gemini-api-key' } }, telemetry: { enabled: false }, privacy: { usageStatisticsEnabled: false }, general: { enableAutoUpdate: false, enableAutoUpdateNotification: false } });
  write(path.join(run, '.gemini', 'trustedFolders.json'), { [folder]: 'TRUST_FOLDER' });
  write(path.join(run, 'script.json'), { steps: [...commands.map((command) => ({ tool: 'run_shell_command', args: { command, description: 'try' } })), { text: 'done' }] });
  const model = start(process.execPath, [path.join(here, 'fake-model-openai-gemini.mjs'), '--script', path.join(run, 'script.json'), '--port-file', path.join(run, 'port'), '--log', path.join(run, 'model.jsonl')]);
  const port = await until('the model', 20, () => fs.existsSync(path.join(run, 'port')) && fs.readFileSync(path.join(run, 'port'), 'utf8'));
  const agent = start(program, ['acp', '--server', url, '--token-file', path.join(scratch, 'token'), '--', process.execPath, gemini, '--acp', '-m', 'gemini-2.5-flash'], {
    cwd: folder, stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...plain, HOME: run, GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_NO_RELAUNCH: 'true' } });
  const waiting = new Map(), heard = [];
  let rest = '', next = 0;
  const ask = (method, params) => new Promise((r) => { waiting.set(++next, r); agent.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: next, method, params }) + '\n'); });
  agent.stdout.on('data', (d) => {
    const lines = (rest + d).split('\n');
    rest = lines.pop();
    for (const line of lines.filter((l) => l.startsWith('{'))) {
      const m = JSON.parse(line);
      heard.push(m);
      if (m.method === undefined) waiting.get(m.id)?.(m);
      else if (m.id !== undefined) agent.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: m.id, error: { code: -32601, message: 'not here' } }) + '\n');
    }
  });
  const stop = setTimeout(() => agent.end(), 120_000);
  const over = agent.ended.then(() => ({}));
  const asks = (method, params) => Promise.race([ask(method, params), over]);
  await asks('initialize', { protocolVersion: 1, clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } } });
  const { result } = await asks('session/new', { cwd: folder, mcpServers: [] });
  const yolo = await asks('session/set_mode', { sessionId: result?.sessionId, modeId: 'yolo' });
  await asks('session/prompt', { sessionId: result?.sessionId, prompt: [{ type: 'text', text: 'go' }] });
  clearTimeout(stop);
  agent.stdin.end();
  model.end();
  setTimeout(() => agent.end(), 8_000).unref();
  await Promise.all([agent.ended, model.ended]);
  return { mode: yolo.error?.message ?? 'changed', asked: heard.filter((m) => m.method === 'session/request_permission').length, heard: JSON.stringify(heard), made: fs.readdirSync(folder), said: agent.text.slice(-800) };
}
async function editing() {
  let s = await edit('up', ['touch made.txt', 'touch refused.txt']);
  check('gemini: its editor is never asked, and its mode stays', s.asked === 0 && s.mode.includes('stays `default`'), JSON.stringify(s));
  check('gemini: what a person approved ran, and what they denied did not', s.made.join() === 'made.txt' && s.heard.includes('not this one'), JSON.stringify(s));
  return async () => {
    s = await edit('down', ['touch after.txt']);
    check('gemini: nothing runs while the server is away', s.made.length === 0 && s.heard.includes('could not judge'), JSON.stringify(s));
  };
}

const names = Object.keys(clients).filter((name) => (!only || only === name) && fs.existsSync(clients[name].file));
if (!names.length && !fs.existsSync(gemini)) {
  console.log('gateway test: did not run, none of the clients is installed');
  process.exit(77);
}
let voting = true;
try {
  await new Promise((r) => far.server.listen(0, '127.0.0.1', r));
  fs.writeFileSync(path.join(scratch, 'upstream'), 'upstream-secret\n');
  fs.writeFileSync(path.join(scratch, 'settings.yaml'), `mcp_servers:\n  - {name: far, url: "http://127.0.0.1:${far.server.address().port}/mcp", token_file: upstream}\n`);
  await serve();
  const made = cli({}, 'tokens', 'create', '--kind', 'personal', '--person', 'owner@localhost', '--name', 'test', '--json');
  check('a test person can vote', made.status === 0, told(made));
  person = JSON.parse(made.stdout).token;
  const agent = cli({}, 'tokens', 'create', '--kind', 'agent', '--agent', 'gated', '--name', 'mcp tiny', '--json');
  fs.writeFileSync(path.join(scratch, 'token'), JSON.parse(agent.stdout).token, { mode: 0o600 });
  fs.writeFileSync(path.join(scratch, 'rules.yaml'), 'policy: gateway\nrules:\n  - allow: {server: [tiny, far], tool: "*echo"}\n  - deny: {server: [tiny, far], tool: "*fail"}\n    reason: Nothing may fail here.\n');
  const put = cli({}, 'policy', 'put', '--level', 'tenant', path.join(scratch, 'rules.yaml'));
  check('the rules stand', put.status === 0, told(put));
  const asked = [];
  let edits = 0;
  const votes = (async () => {
    while (voting) {
      for (const request of (await api('GET', '/v1/approvals').catch(() => ({ json: {} }))).json.approvals ?? []) {
        if (asked.includes(request.id)) continue;
        asked.push(request.id);
        if (!JSON.stringify(request).includes('ask_user')) edits++;
        await api('POST', `/v1/approvals/${request.id}/votes`, JSON.stringify(request).includes('refused.txt') ? { answer: 'deny', guidance: 'not this one' } : { answer: 'approve' });
      }
      await sleep(150);
    }
  })();
  const calls = [['echo', { message: 'hello' }], ['ask_user', {}], ['fail', {}]];
  const withEditor = (!only || only === 'gemini') && fs.existsSync(gemini);
  const later = withEditor ? editing() : undefined;
  await Promise.all(names.map(async (name) => {
    const s = await play(name, 'up', calls);
    const all = JSON.stringify(s);
    check(`${name}: an allowed call ran`, s.told[0]?.includes('echo: hello') && s.arrived[0]?.includes('echo'), all);
    check(`${name}: a held call ran when a person agreed`, s.arrived.some((l) => l.includes('ask_user')), all);
    check(`${name}: a denied tool was not even listed, and did not run`, !s.arrived.some((l) => l.includes('fail')) && s.told.length === 3, all);
  }));
  const down = await later;
  voting = false;
  await votes;
  check('people were asked once for each client', asked.length - edits === names.length && edits === (withEditor ? 2 : 0), asked.join());
  const tools = cli({}, 'tools', 'list');
  if (names.some((name) => name !== 'remote')) check('the descriptions are kept', tools.status === 0 && /tiny +echo +first/.test(tools.stdout), told(tools));
  if (names.includes('remote')) check('the remote server got our token and no other, and its own session', far.seen.length > 0 && far.seen.every((r) => r.headers.authorization === 'Bearer upstream-secret') && far.seen.some((r) => r.headers['mcp-session-id'] === 'upstream-session'), JSON.stringify(far.seen));
  const strange = await fetch(`${url}/mcp/far`, { method: 'POST', headers: { authorization: 'Bearer csa_0000', 'content-type': 'application/json' }, body: '{}' });
  check('no other token opens it', strange.status === 401, String(strange.status));
  server.end();
  await server.ended;
  await Promise.all([down?.(), ...names.filter((name) => name !== 'remote').map(async (name) => {
    const s = await play(name, 'down', [['echo', { message: 'hello' }]]);
    check(`${name}: nothing runs while the server is away, and the model is told so`, s.arrived.length === 0 && s.told[0]?.includes('could not judge'), JSON.stringify(s));
  })]);
  await serve();
  const verify = cli({}, 'audit', 'verify');
  check('the ledger verifies', verify.status === 0, told(verify));
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  voting = false;
  if (failed && server) console.log(`the server said:\n${server.text.slice(0, 2000)}`);
  far.server.close();
  far.server.closeAllConnections();
  clean();
  clearTimeout(limit);
}
for (const name of Object.keys(clients)) if (!names.includes(name) && !only) console.log(`did not run: ${name} is not installed`);
console.log(`gateway test: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
