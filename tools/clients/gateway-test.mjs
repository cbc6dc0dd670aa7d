// Real clients whose MCP server runs behind the gateway. See gateway-test.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { counting, everything, lines, program, stage, told, wanted, write } from './common.mjs';
import { clients, gated, installed, play } from './clients.mjs';

const counts = counting('gateway');
const { check, scene } = counts;
const tested = stage('gateway', everything ? 15 : 5);
const { cli, plain, scratch, start } = tested;

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
    if (m.method === 'tools/list') return answer({ tools: ['echo', 'fail', 'note'].map((name) => ({ name, description: name, inputSchema: { type: 'object' } })) });
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
// Two that differ most, and all of them when everything is played; and one whose server is at an address.
const chosen = Object.values(clients)
  .filter(({ name }) => wanted(name) && (everything || ['claude-code', 'codex'].includes(name)))
  .filter((client) => fs.existsSync(client.file) || (everything && installed(client, counts.skip)));
const remote = {
  ...clients['claude-code'],
  name: 'remote',
  mcp: ({ folder }) => write(path.join(folder, 'mcp.json'), { mcpServers: { far: { type: 'http', url: `${tested.url}/mcp/far`, headers: { Authorization: `Bearer ${fs.readFileSync(path.join(scratch, 'token'), 'utf8')}` } } } }),
  served: (tool, args) => ({ tool: `mcp__far__${tool}`, args }),
  arrived: () => far.seen.filter((r) => r.method === 'tools/call').map((r) => r.name),
};
if (wanted('remote') && fs.existsSync(remote.file)) chosen.push(remote);

async function session(client, label, calls) {
  const home = path.join(scratch, `${client.name}-${label}`), folder = path.join(home, 'project');
  for (const each of ['bin', 'tmp', 'project']) fs.mkdirSync(path.join(home, each), { recursive: true });
  const at = { home, folder }, run = path.join(home, `run-${label}`);
  client.prepare(at);
  client.mcp(at, gated(tested, run));
  const s = await play(tested, client, at, label, { steps: [...calls.map(([tool, input]) => client.served(tool, input)), { text: 'done' }] }, { calls: calls.length, more: client.mcpArgs?.(at) });
  return { ...s, arrived: client.arrived?.() ?? lines(path.join(run, 'mcp.log')) };
}

// ---------------------------------------------------------------- an agent in an editor
// The real Gemini CLI, started by a scripted editor that knows nothing of permissions.
const gemini = path.join(clients.gemini.file, '../..', clients.gemini.node);
async function edit(label, commands) {
  const run = path.join(scratch, `gemini-${label}`), folder = path.join(run, 'project');
  fs.mkdirSync(folder, { recursive: true });
  clients.gemini.prepare({ home: run, folder });
  const model = await tested.model(run, 'fake-model-openai-gemini.mjs', { steps: [...commands.map(clients.gemini.call), { text: 'done' }] });
  const agent = start(program, ['acp', '--server', tested.url, '--token-file', path.join(scratch, 'token'), '--', process.execPath, gemini, '--acp', '-m', 'gemini-2.5-flash'], {
    cwd: folder, stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...plain(run), ...clients.gemini.env(model) } });
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

if (!chosen.length && !fs.existsSync(gemini)) {
  console.log('gateway test: did not run, none of the clients is installed');
  tested.end();
  process.exit(77);
}
let people;
try {
  await new Promise((r) => far.server.listen(0, '127.0.0.1', r));
  write(path.join(scratch, 'upstream'), 'upstream-secret\n');
  write(path.join(scratch, 'settings.yaml'), `mcp_servers:\n  - {name: far, url: "http://127.0.0.1:${far.server.address().port}/mcp", token_file: upstream}\n`);
  await tested.serve('--config', path.join(scratch, 'settings.yaml'));
  tested.somebody(check);
  const agent = cli({}, 'tokens', 'create', '--kind', 'agent', '--agent', 'gated', '--name', 'mcp tiny', '--json');
  fs.writeFileSync(path.join(scratch, 'token'), JSON.parse(agent.stdout).token, { mode: 0o600 });
  write(path.join(scratch, 'rules.yaml'), 'policy: gateway\nrules:\n  - allow: {server: [tiny, far], tool: "*echo"}\n  - deny: {server: [tiny, far], tool: "*fail"}\n    reason: Nothing may fail here.\n');
  const put = cli({}, 'policy', 'put', '--level', 'tenant', path.join(scratch, 'rules.yaml'));
  check('the rules stand', put.status === 0, told(put));
  let edits = 0;
  people = tested.answering((request) => {
    if (!request.includes('note')) edits++;
    return request.includes('refused.txt') ? { answer: 'deny', guidance: 'not this one' } : { answer: 'approve' };
  });
  const calls = [['echo', { message: 'hello' }], ['note', {}], ['fail', {}]];
  const withEditor = wanted('gemini') && fs.existsSync(gemini);
  const later = withEditor ? editing() : undefined;
  // Two at a time, and with them the editor.
  const each = async (step, all) => {
    const queue = [...all];
    await Promise.all([0, 1].map(async () => { for (let client = queue.shift(); client; client = queue.shift()) await step(client, scene(client.name, 'MCP tool through the gateway')); }));
  };
  await each(async (client, say) => {
    const s = await session(client, 'up', calls);
    const all = JSON.stringify(s);
    say('an allowed call ran', s.told[0]?.includes('echo: hello') && s.arrived[0]?.includes('echo'), all);
    say('a held call ran when a person agreed', s.arrived.some((l) => l.includes('note')), all);
    say('a denied tool was not even listed, and did not run', !s.arrived.some((l) => l.includes('fail')) && s.told.length >= 2, all);
  }, chosen);
  const down = await later;
  await people.stop();
  check('people were asked once for each client', people.count() - edits === chosen.length && edits === (withEditor ? 2 : 0), `${people.count()} ${edits}`);
  const tools = cli({}, 'tools', 'list');
  if (chosen.some((client) => client !== remote)) check('the descriptions are kept', tools.status === 0 && /tiny +echo +first/.test(tools.stdout), told(tools));
  if (chosen.includes(remote)) check('the remote server got our token and no other, and its own session', far.seen.length > 0 && far.seen.every((r) => r.headers.authorization === 'Bearer upstream-secret') && far.seen.some((r) => r.headers['mcp-session-id'] === 'upstream-session'), JSON.stringify(far.seen));
  const strange = await fetch(`${tested.url}/mcp/far`, { method: 'POST', headers: { authorization: 'Bearer csa_0000', 'content-type': 'application/json' }, body: '{}' });
  check('no other token opens it', strange.status === 401, String(strange.status));
  await tested.down();
  await down?.();
  await each(async (client, say) => {
    const s = await session(client, 'down', [['echo', { message: 'hello' }]]);
    say('nothing runs while the server is away, and the model is told so', s.arrived.length === 0 && s.told[0]?.includes('could not judge'), JSON.stringify(s));
  }, chosen.filter((client) => client !== remote));
  await tested.serve('--config', path.join(scratch, 'settings.yaml'));
  const verify = cli({}, 'audit', 'verify');
  check('the ledger verifies', verify.status === 0, told(verify));
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  await people?.stop();
  if (counts.failed() && tested.server) console.log(`the server said:\n${tested.server.text.slice(0, 2000)}`);
  far.server.close();
  far.server.closeAllConnections();
  tested.end();
}
for (const name of ['claude-code', 'codex']) if (wanted(name) && !chosen.some((client) => client.name === name)) console.log(`did not run: ${name} is not installed`);
counts.end();
