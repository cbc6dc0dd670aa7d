// Real clients other than Claude Code against the real product. See other-clients-test.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, '../..');
const option = (name) => { const i = process.argv.indexOf(name); return i < 0 ? undefined : process.argv[i + 1]; };
const program = path.resolve(option('--countersign') ?? path.join(repository, 'countersign'));
const only = option('--only')?.split(',');
const keep = process.argv.includes('--keep');
const platform = `${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
const store = process.env.COUNTERSIGN_CLIENTS ?? path.join(repository, '.countersign', 'clients');

let passed = 0, failed = 0;
const skipped = [];
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
const write = (file, value) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
};
const merge = (file, value) => write(file, { ...(fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}), ...value });

// ---------------------------------------------------------------- the clients
// What the model was told, from the log of requests of the three protocols.
const chat = (requests) => (requests.filter((r) => r.path.includes('/chat/completions')).at(-1)?.body.messages ?? [])
  .filter((m) => m.role === 'tool').map((m) => (typeof m.content === 'string' ? m.content : JSON.stringify(m.content)));
const responses = (requests) => (requests.filter((r) => r.path.endsWith('/responses')).at(-1)?.body.input ?? [])
  .filter((i) => /output$/.test(i.type)).map((i) => (typeof i.output === 'string' ? i.output : JSON.stringify(i.output)));
const gemini = (requests) => (requests.filter((r) => r.path.includes('enerateContent')).at(-1)?.body.contents ?? [])
  .flatMap((c) => c.parts).filter((p) => p.functionResponse).map((p) => JSON.stringify(p.functionResponse.response));
const shell = (command) => ({ tool: 'run_shell_command', args: { command, description: 'try' } });

const clients = {
  codex: {
    version: '0.169.0', package: '@openai/codex', bin: `@openai/codex-${platform}/vendor/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-${process.platform === 'darwin' ? 'apple-darwin' : 'unknown-linux-musl'}/bin/codex`,
    // Written before connect, which adds its trust to it.
    prepare: ({ home, folder }) => write(path.join(home, '.codex', 'config.toml'), `model = "gpt-5.5"\nmodel_provider = "fake"\ncheck_for_update_on_startup = false\n[model_providers.fake]\nname = "fake"\nbase_url = "http://127.0.0.1:@PORT@/v1"\nenv_key = "FAKE_KEY"\nwire_api = "responses"\nrequest_max_retries = 0\nstream_max_retries = 0\n[analytics]\nenabled = false\n[feedback]\nenabled = false\n[history]\npersistence = "none"\n[projects."${folder}"]\ntrust_level = "trusted"\n`),
    ready: ({ home, port }) => { const f = path.join(home, '.codex', 'config.toml'); fs.writeFileSync(f, fs.readFileSync(f, 'utf8').replace(/127\.0\.0\.1:[^/]+\/v1/, `127.0.0.1:${port}/v1`)); },
    call: (command) => ({ tool: 'exec_command', args: { cmd: command } }), told: responses,
    args: ['exec', '--json', '--skip-git-repo-check', '-s', 'danger-full-access', 'do it'], env: ({ home }) => ({ FAKE_KEY: 'dummy', TMPDIR: path.join(home, 'tmp') }),
  },
  gemini: {
    version: '0.61.0', package: '@google/gemini-cli', bin: '.bin/gemini', node: '@google/gemini-cli/bundle/gemini.js',
    prepare: ({ home, folder }) => {
      write(path.join(home, '.gemini', 'settings.json'), '{\n  // mine\n  "security": {"auth": {"selectedType": "gemini-api-key"}},\n  "telemetry": {"enabled": false}, "privacy": {"usageStatisticsEnabled": false},\n  "general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false}\n}\n');
      write(path.join(home, '.gemini', 'trustedFolders.json'), { [folder]: 'TRUST_FOLDER' });
    },
    call: shell, told: gemini, args: ['-m', 'gemini-2.5-flash', '--yolo', '-p', 'do it'],
    env: ({ port }) => ({ GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_NO_RELAUNCH: 'true' }),
  },
  qwen: {
    version: '0.24.4', package: '@qwen-code/qwen-code', bin: '.bin/qwen', endless: true,
    prepare: ({ home }) => write(path.join(home, '.qwen', 'settings.json'), { security: { auth: { selectedType: 'openai' } }, telemetry: { enabled: false }, privacy: { usageStatisticsEnabled: false }, general: { enableAutoUpdate: false } }),
    call: shell, told: chat, args: ['-m', 'fake-model', '--yolo', '-p', 'do it'],
    env: ({ port }) => ({ OPENAI_API_KEY: 'dummy', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_MODEL: 'fake-model' }),
  },
  opencode: {
    version: '1.18.33', package: 'opencode-ai', bin: `opencode-${platform}/bin/opencode`,
    prepare: () => {},
    ready: ({ folder, port }) => write(path.join(folder, 'opencode.json'), { model: 'fake/fake-model', small_model: 'fake/fake-model', share: 'disabled', autoupdate: false, provider: { fake: { npm: '@ai-sdk/openai-compatible', name: 'fake', options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'dummy' }, models: { 'fake-model': { name: 'fake' } } } } }),
    call: (command) => ({ tool: 'bash', args: { command, description: 'try' } }), told: chat, args: ['run', 'do it'],
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', DO_NOT_TRACK: '1' }),
  },
  copilot: {
    version: '1.0.102', package: '@github/copilot', bin: `@github/copilot-${platform}/copilot`,
    prepare: () => {}, call: (command) => ({ tool: 'bash', args: { command, description: 'try' } }), told: chat, args: ['--allow-all-tools', '-p', 'do it'],
    env: ({ port }) => ({ COPILOT_OFFLINE: 'true', COPILOT_AUTO_UPDATE: 'false', COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`, COPILOT_PROVIDER_API_KEY: 'dummy', COPILOT_MODEL: 'gpt-5' }),
  },
  cline: {
    version: '3.0.65', package: 'cline', bin: '.bin/cline', aborts: true,
    prepare: () => {},
    ready: ({ run, port }) => run(['auth', 'openai', '--apikey', 'dummy', '--modelid', 'fake-model', '--baseurl', `http://127.0.0.1:${port}/v1`]),
    call: (command) => ({ tool: 'run_commands', args: { commands: [command] } }), told: chat, args: ['--json', 'do it'],
    env: () => ({ DO_NOT_TRACK: '1', CLINE_TELEMETRY_DISABLED: '1' }),
  },
};

function installed(name) {
  const client = clients[name];
  const folder = path.join(store, `${name}-${client.version}`);
  client.file = path.join(folder, 'node_modules', client.bin);
  if (!fs.existsSync(client.file)) {
    console.log(`installing ${name} ${client.version} into ${folder}`);
    write(path.join(folder, 'package.json'), '{"private":true}');
    const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${client.package}@${client.version}`], { cwd: folder, encoding: 'utf8', timeout: 300_000 });
    if (npm.status !== 0 || !fs.existsSync(client.file)) {
      console.log(String(npm.stderr ?? npm.error).split('\n').slice(-5).join('\n'));
      skipped.push(`${name} ${client.version}: npm could not install it`);
      return false;
    }
  }
  return true;
}

if (process.argv.includes('--install')) process.exit(Object.keys(clients).filter(installed).length ? 0 : 77);

// ---------------------------------------------------------------- scratch, processes, the end
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir(), 'countersign-other-clients-')));
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
// What a client leaves behind, such as Cline's hub, has the scratch folder on its command line.
function leftovers() {
  for (const pid of fs.existsSync('/proc') ? fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)) : []) {
    try {
      if (Number(pid) !== process.pid && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(scratch)) process.kill(Number(pid), 'SIGKILL');
    } catch { /* It is gone. */ }
  }
}
function clean() {
  for (const child of children) child.end();
  leftovers();
  if (keep) console.log(`kept ${scratch}`); else fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { clean(); process.exit(1); });
const limit = setTimeout(() => { console.log('other-clients test: not done within 10 minutes'); clean(); process.exit(1); }, 600_000);

const plain = (home) => ({ PATH: `${path.join(home, 'bin')}:${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', NO_COLOR: '1', CI: '1',
  ...(process.env.JAVA_HOME ? { JAVA_HOME: process.env.JAVA_HOME } : {}) });
const cli = (home, cwd, env, ...args) => spawnSync(program, [...args, '--data', data], { cwd, env: { ...plain(home), ...env }, encoding: 'utf8', timeout: 300_000 });
const told = (r) => `exit ${r.status}\n${r.stdout}${r.stderr}`;

let server, url, person;
async function serve() {
  server = start(program, ['serve', '--data', data, '--listen', url ? new URL(url).host : '127.0.0.1:0', '--trust-setup'], { cwd: scratch, env: plain(scratch) });
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

// ---------------------------------------------------------------- a session
async function play(name, at, label, commands) {
  const client = clients[name];
  const run = path.join(at.home, `run-${label}`);
  write(path.join(run, 'script.json'), { steps: [...commands.map(client.call), { text: 'done' }] });
  const model = start(process.execPath, [path.join(here, 'fake-model-openai-gemini.mjs'), '--script', path.join(run, 'script.json'), '--log', path.join(run, 'requests.jsonl'), '--port-file', path.join(run, 'port')]);
  const port = await until('the model', 20, () => fs.existsSync(path.join(run, 'port')) && fs.readFileSync(path.join(run, 'port'), 'utf8'));
  const env = { ...plain(at.home), ...client.env({ ...at, port }) };
  client.ready?.({ ...at, port, run: (args) => spawnSync(client.file, args, { cwd: at.folder, env, timeout: 90_000, encoding: 'utf8' }) });
  const requests = () => (fs.existsSync(path.join(run, 'requests.jsonl')) ? fs.readFileSync(path.join(run, 'requests.jsonl'), 'utf8').trim().split('\n').filter(Boolean).map((l) => JSON.parse(l)) : []);
  const child = start(client.node ? process.execPath : client.file, [...(client.node ? [path.join(client.file, '../..', client.node)] : []), ...client.args], { cwd: at.folder, env });
  const stop = setTimeout(() => child.end(), 120_000);
  // A client that does not end by itself is done when the model has heard of every call.
  if (client.endless) (async () => { while (children.has(child)) { if (client.told(requests()).length >= commands.length) { await sleep(500); child.end(); } await sleep(200); } })();
  await child.ended;
  clearTimeout(stop);
  model.end();
  await model.ended;
  return { told: client.told(requests()), said: child.text };
}

async function place(name) {
  const home = path.join(scratch, name), folder = path.join(home, 'project');
  fs.mkdirSync(path.join(home, 'bin'), { recursive: true });
  fs.mkdirSync(path.join(home, 'tmp'), { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.symlinkSync(clients[name].file, path.join(home, 'bin', name));
  const git = (...args) => spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], { cwd: folder, env: plain(home), encoding: 'utf8' });
  git('init', '-q', '--bare', path.join(home, 'remote.git'));
  git('init', '-q');
  write(path.join(folder, 'notes.md'), 'notes\n');
  git('add', '.');
  git('commit', '-qm', 'start');
  git('remote', 'add', 'origin', path.join(home, 'remote.git'));
  return { home, folder };
}
const exists = (at, file) => fs.existsSync(path.join(at.folder, file));
const pushed = (at) => spawnSync('git', ['rev-parse', '-q', '--verify', 'refs/heads/asked'], { cwd: path.join(at.home, 'remote.git') }).status === 0;

async function up(name, at) {
  const client = clients[name];
  client.prepare(at);
  const connect = cli(at.home, at.folder, {}, 'connect', name, '--agent', name);
  check(`${name}: connect proves the sender by a canary`, connect.status === 0 && connect.stdout.includes('refused as it should be'), told(connect));
  if (name === 'codex') check('codex: its trust in the hooks is set', connect.stdout.includes('Codex trusts'), told(connect));
  const doctor = cli(at.home, at.folder, {}, 'doctor');
  // Cline takes seconds to say its version, more than doctor waits on a busy machine.
  check(`${name}: doctor finds everything wired`, doctor.status === 0 && (name === 'cline' || doctor.stdout.includes(client.version)), told(doctor));
  const commands = ['touch allowed.txt', 'git push origin HEAD:refs/heads/asked'];
  const asked = () => at.asked;
  let s = await play(name, at, 'up', commands);
  check(`${name}: an allowed call ran`, exists(at, 'allowed.txt'), JSON.stringify(s));
  check(`${name}: a held call was put to a person`, asked() === 1, `${asked()} ${JSON.stringify(s)}`);
  check(`${name}: and denied, it did not run`, !pushed(at));
  if (client.aborts) check(`${name}: the run ended`, /abort|cancel/i.test(s.said), s.said.slice(-600));
  else check(`${name}: the model was told what the person said`, s.told.at(1)?.includes('open a pull request') ?? false, JSON.stringify(s.told));
}

async function down(name, at) {
  const client = clients[name];
  const s = await play(name, at, 'down', ['touch after.txt']);
  check(`${name}: nothing runs while the server is away`, !exists(at, 'after.txt'), JSON.stringify(s));
  if (client.aborts) check(`${name}: the run ended`, /abort|cancel/i.test(s.said), s.said.slice(-600));
  else check(`${name}: the model was told that nobody decided`, (s.told.at(0) ?? '').includes('could not judge') && !(s.told.at(0) ?? '').includes('Denied by Countersign'), JSON.stringify(s.told));
}

async function all(names, places, step) {
  // Two at a time: a client waits for its own start most of the time.
  const queue = [...names];
  await Promise.all([0, 1].map(async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      try { await step(name, places[name]); } catch (e) { check(`${name} went through`, false, e.stack); }
    }
  }));
}

const names = Object.keys(clients).filter((name) => !only || only.includes(name)).filter(installed);
const places = {};
let voting = true;
try {
  await serve();
  const made = cli(scratch, scratch, {}, 'tokens', 'create', '--kind', 'personal', '--person', 'owner@localhost', '--name', 'test', '--json');
  check('a test person can vote', made.status === 0, told(made));
  person = JSON.parse(made.stdout).token;
  for (const name of names) places[name] = { ...(await place(name)), asked: 0 };
  const seen = new Set();
  const votes = (async () => {
    while (voting) {
      for (const request of (await api('GET', '/v1/approvals').catch(() => ({ json: {} }))).json.approvals ?? []) {
        if (seen.has(request.id)) continue;
        seen.add(request.id);
        const name = names.find((n) => JSON.stringify(request).includes(places[n].folder));
        if (name && !pushed(places[name])) places[name].asked++;
        await api('POST', `/v1/approvals/${request.id}/votes`, { answer: 'deny', guidance: 'open a pull request' });
      }
      await sleep(150);
    }
  })();
  await all(names, places, up);
  voting = false;
  await votes;
  server.end();
  await server.ended;
  await all(names, places, down);
  await serve();
  const verify = cli(scratch, scratch, {}, 'audit', 'verify');
  check('the ledger verifies', verify.status === 0, told(verify));
  for (const name of names) {
    const gone = cli(places[name].home, places[name].folder, { COUNTERSIGN_TOKEN: person }, 'disconnect', name);
    check(`${name}: disconnect takes everything out`, gone.status === 0 && /restored|removed/.test(gone.stdout) && gone.stdout.includes('revoked'), told(gone));
  }
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  voting = false;
  if (failed && server) console.log(`the server said:\n${server.text.slice(0, 2000)}`);
  clean();
  clearTimeout(limit);
}
for (const what of skipped) console.log(`did not run: ${what}`);
console.log(`other-clients test: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : names.length ? 0 : 77);
