// The real Claude Code against the real product. See real-client-test.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '2.1.329';
const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, '../..');
const option = (name) => { const i = process.argv.indexOf(name); return i < 0 ? undefined : process.argv[i + 1]; };
const program = path.resolve(option('--countersign') ?? path.join(repository, 'countersign'));
const only = option('--only');
const keep = process.argv.includes('--keep');

// ---------------------------------------------------------------- counting
let passed = 0, failed = 0, playing = 'starting';
const cases = [];
const check = (what, good, details = '') => {
  cases.push({ session: playing, what, good: Boolean(good) });
  if (good) { passed++; console.log(`  ok      ${what}`); return; }
  failed++;
  console.log(`  FAILED  ${what}${details ? '\n          ' + String(details).slice(0, 1200).replaceAll('\n', '\n          ') : ''}`);
};
/** For the report, also of a run that did not come to its end. */
const results = () => option('--results') && fs.writeFileSync(option('--results'), JSON.stringify({ test: 'real-client', passed, failed, sessions: cases, cases: [] }));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function until(what, seconds, probe, going = () => true) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const found = await probe();
    if (found) return found;
    if (!going()) throw new Error(`${what}: never came`);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

// ---------------------------------------------------------------- the client
const platform = `${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch === 'arm64' ? 'arm64' : 'x64'}`;
const store = process.env.COUNTERSIGN_CLIENTS ?? path.join(repository, '.countersign', 'clients');
const client = path.join(store, `claude-code-${VERSION}`);
const binary = path.join(client, 'node_modules', '@anthropic-ai', `claude-code-${platform}`, 'claude');
if (!fs.existsSync(binary)) {
  console.log(`installing Claude Code ${VERSION} into ${client}`);
  fs.mkdirSync(client, { recursive: true });
  fs.writeFileSync(path.join(client, 'package.json'), '{"private":true}');
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', `@anthropic-ai/claude-code@${VERSION}`], { cwd: client, encoding: 'utf8', timeout: 300_000 });
  if (npm.status !== 0 || !fs.existsSync(binary)) {
    console.log(String(npm.stderr ?? npm.error).split('\n').slice(-5).join('\n'));
    console.log(`real-client test: did not run, npm could not install Claude Code ${VERSION}`);
    process.exit(77);
  }
}
if (process.argv.includes('--install')) process.exit(0);

// ---------------------------------------------------------------- scratch, processes, the end
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'countersign-real-client-')));
const home = path.join(scratch, 'home');
const data = path.join(scratch, 'data');
fs.mkdirSync(path.join(home, 'bin'), { recursive: true });
fs.symlinkSync(binary, path.join(home, 'bin', 'claude'));
const children = new Set();
function start(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { child.text += d; });
  child.ended = new Promise((r) => child.on('close', (code, signal) => { children.delete(child); r(code ?? signal); }));
  children.add(child);
  return child;
}
function clean() {
  for (const child of children) child.kill('SIGKILL');
  if (keep) console.log(`kept ${scratch}`); else fs.rmSync(scratch, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { clean(); process.exit(1); });
const limit = setTimeout(() => { check('done within 10 minutes', false); results(); clean(); process.exit(1); }, 600_000);

const plain = { PATH: `${path.join(home, 'bin')}:${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8',
  ...(process.env.JAVA_HOME ? { JAVA_HOME: process.env.JAVA_HOME } : {}) };
const cli = (cwd, env, ...args) => spawnSync(program, args, { cwd, env: { ...plain, ...env }, encoding: 'utf8', timeout: 300_000 });
const told = (r) => `exit ${r.status}\n${r.stdout}${r.stderr}`;

// ---------------------------------------------------------------- the server
let server, url, person;
async function serve(...more) {
  return serving(program, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--trust-setup', ...more]);
}
async function serving(command, args) {
  server = start(command, args, { cwd: scratch, env: plain });
  const note = await until('the server', 300, async () => {
    if (!children.has(server)) throw new Error(`the server ended:\n${server.text}`);
    try {
      const owner = JSON.parse(fs.readFileSync(path.join(data, 'owner.json'), 'utf8'));
      return (await fetch(new URL('/health/ready', owner.url))).ok && owner;
    } catch { return undefined; }
  });
  url = note.url.replace(/\/$/, '');
  return note;
}
const api = async (method, route, body, token = person) => {
  const answer = await fetch(url + route, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  return { status: answer.status, json: await answer.json().catch(() => ({})) };
};

// A test person who answers what waits: the first fitting rule's vote. Says what was asked.
function answering(rules) {
  const asked = [];
  let going = true;
  const done = (async () => {
    while (going) {
      const { json } = await api('GET', '/v1/approvals').catch(() => ({ json: {} }));
      for (const request of json.approvals ?? []) {
        if (asked.some((a) => a.id === request.id)) continue;
        const text = JSON.stringify(request.call ?? request);
        const rule = rules.find((r) => text.includes(r.match)) ?? { vote: { answer: 'deny', guidance: 'nobody expected this' } };
        // Held means held: nothing may have happened yet.
        const before = rule.before?.();
        const vote = rule.vote && await api('POST', `/v1/approvals/${request.id}/votes`, rule.vote);
        asked.push({ id: request.id, match: rule.match, text, before, vote });
      }
      await sleep(100);
    }
  })();
  return { asked, stop: async () => { going = false; await done; } };
}

// ---------------------------------------------------------------- a session
async function project(name) {
  const folder = path.join(home, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'notes.md'), 'the quick brown fox\n');
  fs.writeFileSync(path.join(folder, 'package.json'), '{\n  "name": "tried",\n  "scripts": {"test": "node t.js"}\n}\n');
  const remote = path.join(scratch, `${name}.git`);
  const git = (...args) => { const r = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], { cwd: folder, env: plain, encoding: 'utf8' }); if (r.status !== 0) throw new Error(`git ${args.join(' ')}: ${r.stderr}`); return r.stdout; };
  git('init', '-q', '--bare', remote);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'start');
  git('remote', 'add', 'origin', remote);
  return { folder, remote };
}

// Plays turns through the real client in the mode in which it asks nobody itself.
async function play(name, folder, script, during = async () => {}) {
  const run = path.join(scratch, `run-${name}`);
  fs.mkdirSync(run, { recursive: true });
  fs.writeFileSync(path.join(run, 'script.json'), JSON.stringify(script));
  fs.writeFileSync(path.join(run, 'mcp.json'), JSON.stringify({ mcpServers: { tiny: { command: process.execPath, args: [path.join(here, 'tiny-mcp.mjs'), '--log', path.join(run, 'mcp.log')] } } }));
  const model = start(process.execPath, [path.join(here, 'fake-model.mjs'), '--script', path.join(run, 'script.json'), '--port-file', path.join(run, 'port'), '--log', path.join(run, 'model.jsonl'), '--var', `project=${folder}`, '--var', `home=${home}`]);
  const port = await until('the model', 20, () => fs.existsSync(path.join(run, 'port')) && fs.readFileSync(path.join(run, 'port'), 'utf8'));
  const claude = start(binary, ['-p', 'go', '--output-format', 'json', '--permission-mode', 'bypassPermissions', '--mcp-config', path.join(run, 'mcp.json')], {
    cwd: folder,
    env: { ...plain, ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'dummy', DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ENABLE_TOOL_SEARCH: 'false', IS_SANDBOX: '1' } });
  const stop = setTimeout(() => claude.kill('SIGKILL'), 180_000);
  const playing = () => children.has(claude);
  try {
    await Promise.all([claude.ended, during(playing)]);
  } finally {
    clearTimeout(stop);
    claude.kill('SIGKILL');
    model.kill();
    await Promise.all([claude.ended, model.ended]);
  }
  const lines = fs.readFileSync(path.join(run, 'model.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l)).filter((m) => m.kind === 'turn');
  // What the model was told about the calls of one turn of one thread.
  const heard = (turn, thread = 'main') => {
    const next = lines.find((l) => l.thread === thread && l.turn === turn + 1);
    const result = next?.results?.[0];
    return { error: result?.is_error ?? false, text: result === undefined ? `nothing; the client said: ${claude.text}` : typeof result.content === 'string' ? result.content : JSON.stringify(result.content) };
  };
  const calls = () => (fs.existsSync(path.join(run, 'mcp.log')) ? fs.readFileSync(path.join(run, 'mcp.log'), 'utf8') : '');
  // Everything the model was told that is no answer to a call.
  const aside = lines.map((l) => l.last_user).join('\n');
  return { heard, calls, claude, run, aside, turns: lines.filter((l) => l.thread === 'main').length };
}
const call = (name, input) => [{ name, input }];
const bash = (command) => call('Bash', { command, description: 'try' });
const neverPolicy = (h) => !/policy denied|Exception|\tat /.test(h.text);

// ---------------------------------------------------------------- the sessions
const exists = (file) => fs.existsSync(file);
const text = (file) => fs.readFileSync(file, 'utf8');

async function connecting() {
  console.log('connect');
  const { folder } = await project('wired');
  const settings = path.join(folder, '.claude', 'settings.json');
  fs.mkdirSync(path.dirname(settings));
  const mine = '{\n\t"model": "opus",\n\t"permissions": {"allow": [ "Bash(ls)" ]}\n}\n';
  fs.writeFileSync(settings, mine);
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connect wires the project', connect.status === 0 && connect.stdout.includes(VERSION) && connect.stdout.includes('refused as it should be'), told(connect));
  const wired = text(settings);
  const local = text(path.join(folder, '.claude', 'settings.local.json'));
  check('everything else in the settings stays', wired.includes('\t"permissions": {"allow": [ "Bash(ls)" ]}') && wired.startsWith('{\n\t"model": "opus",'), wired);
  check('the shared settings hold no secret', !wired.includes(JSON.parse(local).env.COUNTERSIGN_TOKEN) && wired.includes('Bearer $COUNTERSIGN_TOKEN'));
  check('the token is for its owner only', (fs.statSync(path.join(folder, '.claude', 'settings.local.json')).mode & 0o077) === 0);
  const status = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: folder, env: plain, encoding: 'utf8' }).stdout;
  check('git does not see the token', !status.includes('local') && !status.includes('backup'), status);
  const again = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('a second connect changes nothing', again.status === 0 && again.stdout.includes('nothing to do') && text(settings) === wired, told(again));
  const doctor = cli(folder, {}, 'doctor', '--json', '--data', data);
  check('doctor finds everything wired', doctor.status === 0 && JSON.parse(doctor.stdout).ok === true && doctor.stdout.includes('"canary"'), told(doctor));
  fs.writeFileSync(path.join(folder, '.claude', 'settings.local.json'), local.replace('{', '{"disableAllHooks": true,'));
  const ill = cli(folder, {}, 'doctor', '--data', data);
  check('doctor finds switched-off hooks', ill.status === 1 && ill.stdout.includes('disableAllHooks'), told(ill));
  fs.writeFileSync(path.join(folder, '.claude', 'settings.local.json'), local);
  const refused = cli(folder, {}, 'disconnect', 'claude-code', '--project', '--data', data);
  check('the owner shortcut cannot remove hooks', refused.status === 1 && text(settings) === wired, told(refused));
  const agent = cli(folder, { COUNTERSIGN_TOKEN: JSON.parse(local).env.COUNTERSIGN_TOKEN }, 'disconnect', 'claude-code', '--project');
  check('an agent cannot remove hooks', agent.status === 1 && text(settings) === wired, told(agent));
  const gone = cli(folder, { COUNTERSIGN_TOKEN: person }, 'disconnect', 'claude-code', '--project', '--data', data);
  check('disconnect restores byte for byte', gone.status === 0 && text(settings) === mine && !exists(path.join(folder, '.claude', 'settings.local.json')), told(gone));
  check('and leaves nothing behind', fs.readdirSync(path.dirname(settings)).join() === 'settings.json', fs.readdirSync(path.dirname(settings)));
}

async function deciding() {
  console.log('a session is decided');
  const { folder, remote } = await project('decided');
  fs.mkdirSync(path.join(folder, '.claude'));
  fs.writeFileSync(path.join(folder, '.claude', 'settings.json'), '{"permissions": {"ask": ["Bash(touch asked.txt)"]}}');
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connected', connect.status === 0, told(connect));
  const settings = path.join(folder, '.claude', 'settings.json');
  const wired = text(settings);
  fs.writeFileSync(path.join(home, 'precious.txt'), 'keep me\n');
  const people = answering([
    { match: 'package.json', vote: { answer: 'approve' }, before: () => text(path.join(folder, 'package.json')) },
    { match: 'mcp__tiny__echo', vote: { answer: 'deny', guidance: 'use the local file instead' } },
    { match: 'git push', vote: { answer: 'deny', guidance: 'open a pull request' } },
    { match: 'precious.txt', vote: { answer: 'deny' } },
  ]);
  const s = await play('decided', folder, {
    main: [
      call('Read', { file_path: '{{project}}/notes.md' }),
      bash('rm -rf ~'),
      call('Edit', { file_path: '{{project}}/package.json', old_string: 'node t.js', new_string: 'node test.js' }),
      call('mcp__tiny__echo', { message: 'hello', count: 1 }),
      call('Agent', { description: 'Look around', prompt: 'SUBTASK push it', subagent_type: 'general-purpose', run_in_background: false }),
      call('Write', { file_path: '{{project}}/.claude/settings.json', content: '{"disableAllHooks": true}' }),
      bash('echo {} > .claude/settings.local.json'),
      bash('rm -rf ~/precious.txt'),
      bash('touch asked.txt'),
      'All done.',
    ],
    threads: [{ match: 'SUBTASK', turns: [bash('git push origin HEAD:refs/heads/main'), 'Nothing more.'] }],
  });
  await people.stop();
  const asked = (match) => people.asked.filter((a) => a.match === match);
  let h = s.heard(0);
  check('a read is allowed', !h.error && h.text.includes('quick brown fox'), h.text);
  h = s.heard(1);
  check('rm -rf ~ is denied with the reason', h.error && h.text.includes('Denied by Countersign: ') && neverPolicy(h), h.text);
  check('the home folder is still there', exists(path.join(home, 'precious.txt')) && exists(path.join(folder, 'notes.md')));
  h = s.heard(2);
  check('an edit was held until a person answered', asked('package.json').length === 1 && asked('package.json')[0].before?.includes('node t.js'), JSON.stringify(people.asked));
  check('the approved edit ran', !h.error && text(path.join(folder, 'package.json')).includes('node test.js'), h.text);
  h = s.heard(3);
  check('an MCP call was held and denied with a word to the agent', asked('mcp__tiny__echo').length === 1 && h.error && h.text.includes('use the local file instead'), h.text);
  check('the MCP server never saw it', s.calls() === '', s.calls());
  h = s.heard(0, 'SUBTASK');
  check("a subagent's push was held and denied", asked('git push').length === 1 && h.error && h.text.includes('open a pull request'), h.text);
  check('nothing was pushed', spawnSync('git', ['for-each-ref'], { cwd: remote, encoding: 'utf8' }).stdout === '');
  h = s.heard(5);
  check('writing the hook file is refused', h.error && h.text.includes('Denied by Countersign: '), h.text);
  h = s.heard(6);
  check('and so it is from a shell', h.error && h.text.includes('Denied by Countersign: '), h.text);
  check('the hook files are as they were', text(settings) === wired && text(path.join(folder, '.claude', 'settings.local.json')).includes('COUNTERSIGN_TOKEN'));
  h = s.heard(8);
  check("a prompt of the client's own rules is answered for a call we allowed", !h.error && exists(path.join(folder, 'asked.txt')), h.text);
  check('every refusal names its record', [1, 3, 5].every((t) => /Reference [0-9A-Z]{26}\./.test(s.heard(t).text)), s.heard(1).text);
  check('nobody was asked about anything else', people.asked.every((a) => a.match && a.vote.status === 200), JSON.stringify(people.asked).slice(0, 1500));
  check('the client ended well', s.claude.exitCode === 0, s.claude.text);
  const audit = (await api('GET', '/v1/audit?limit=200')).json;
  const records = JSON.stringify(audit);
  check('the session, its outcomes and its canary are on record', ['session started', 'canary call refused', 'session ended', 'subagent'].every((w) => records.includes(w)), records.slice(0, 1500));
}

// Section 4 of what the product promises, at a time that the test sets. Calls are held for five seconds.
async function approving() {
  console.log('people answer');
  const classes = path.join(repository, 'app', 'target', 'test-classes');
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const offset = path.join(scratch, 'offset');
  const today = new Date().toISOString().slice(0, 10);
  const time = (hour) => {
    fs.writeFileSync(offset + '.new', `PT${Math.round((Date.parse(`${today}T${hour}:00Z`) - Date.now()) / 1000)}S`);
    fs.renameSync(offset + '.new', offset);
  };
  time('12:00');
  server.kill('SIGTERM');
  await server.ended;
  await serving(java, ['--enable-native-access=ALL-UNNAMED', '-cp', [classes, path.join(repository, 'app', 'target', 'classes'), path.join(repository, 'app', 'target', 'lib', '*')].join(':'),
    'dev.countersign.testing.ServeAtTime', offset, 'serve', '--data', data, '--listen', '127.0.0.1:0', '--trust-setup', '--hold', '5s']);
  const nights = { file: 'nights.yaml', text: `policy: nights
windows: {night: {from: "22:00", to: "06:00", zone: UTC}}
rules:
  - defer: {shell_run: "npm test"}
    outside: night
    reason: the test machines are free at night
  - defer: {shell_run: "npm run build"}
    outside: night
` };
  const put = await api('PUT', '/v1/policies/tenant', nights);
  check('a policy puts calls off until night', put.status === 200, JSON.stringify(put));
  const { folder, remote } = await project('approved');
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'tried', scripts: { test: 'touch tested.txt', build: 'touch built.txt' } }));
  fs.writeFileSync(path.join(folder, 'make.py'), "open('made.txt', 'a').write('made ')\n");
  fs.writeFileSync(path.join(home, 'kept.txt'), 'keep me\n');
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connected', connect.status === 0, told(connect));
  const push = (branch) => `git push origin HEAD:refs/heads/${branch}`;
  const people = answering([
    { match: 'heads/approved', vote: { answer: 'approve' }, before: () => pushed('approved') },
    { match: 'heads/denied', vote: { answer: 'deny', guidance: 'open a pull request instead' } },
    { match: 'kept.txt', vote: { answer: 'deny' } },
    { match: 'heads/pending' },
    { match: 'heads/asked', vote: { answer: 'approve', edited_input: { command: push('edited'), description: 'try' } } },
    { match: 'make.py', vote: { answer: 'approve', scope: 'task' } },
  ]);
  const pushed = (branch) => spawnSync('git', ['for-each-ref', `refs/heads/${branch}`], { cwd: remote, encoding: 'utf8' }).stdout !== '';
  const go = (name) => path.join(scratch, `go-${name}`);
  const turns = [
    bash(push('approved')),
    bash(push('denied')),
    bash('rm ~/kept.txt'),
    bash('cd ~ && rm -f ./kept.txt'),
    bash(push('pending')),
    { tools: bash(push('pending')), wait_for: go('retry') },
    bash(push('asked')),
    bash('python3 make.py'),
    bash('python3 make.py'),
    bash('npm run build'),
    { tools: bash('npm run build'), wait_for: go('released') },
    bash('npm test'),
    { tools: bash('touch noted.txt'), wait_for: go('night') },
    bash('npm test'),
    { tools: bash('touch stopped.txt'), wait_for: go('stopped') },
    bash('touch later.txt'),
    'All done.',
  ];
  const asked = (match) => people.asked.filter((a) => a.match === match);
  const deferred = async (command) => (await api('GET', '/v1/deferred')).json.deferred?.find((d) => JSON.stringify(d).includes(command));
  let vote, release;
  const s = await play('approved', folder, turns, async (playing) => {
    await until('the pending question', 90, () => asked('heads/pending')[0], playing);
    // The client has been told that it is pending when the next turn waits; the vote comes after that.
    const heardOf = () => fs.readFileSync(path.join(scratch, 'run-approved', 'model.jsonl'), 'utf8').split('\n').filter((l) => l.includes('"kind":"turn"')).length;
    await until('the pending answer', 30, () => heardOf() > 5, playing);
    vote = await api('POST', `/v1/approvals/${asked('heads/pending')[0].id}/votes`, { answer: 'approve' });
    fs.writeFileSync(go('retry'), '');
    const build = await until('the deferred build', 60, () => deferred('npm run build'), playing);
    release = await api('POST', `/v1/deferred/${build.id}/release`, {});
    fs.writeFileSync(go('released'), '');
    await until('the deferred test', 60, () => deferred('npm test'), playing);
    time('23:00');
    await sleep(2500);
    fs.writeFileSync(go('night'), '');
    await until('the test at night', 60, () => exists(path.join(folder, 'tested.txt')), playing);
    await api('POST', '/v1/stops', { agent: 'claude-code', reason: 'the release is off' });
    fs.writeFileSync(go('stopped'), '');
  });
  await people.stop();
  let h = s.heard(0);
  check('held and approved', asked('heads/approved').length === 1 && asked('heads/approved')[0].before === false && !h.error && pushed('approved'), h.text);
  h = s.heard(1);
  check('held and denied with guidance that the model receives', h.error && h.text.includes('open a pull request instead') && !pushed('denied'), h.text);
  h = s.heard(3);
  check('denied stays denied in another spelling, and nobody is asked again', asked('kept.txt').length === 1 && h.error && exists(path.join(home, 'kept.txt')), h.text + JSON.stringify(asked('kept.txt')));
  h = s.heard(4);
  check('pending: the model is told the number, the progress, the deadline and to go on', h.error && /pending as APR-\d+ \(0 of 1 has agreed, it expires at \d{4}-\d\d-\d\dT[\d:]+Z\), so go on with other work/.test(h.text), h.text);
  h = s.heard(5);
  check('the retry of a pending call finds the approval', vote?.status === 200 && !h.error && pushed('pending') && asked('heads/pending').length === 1, h.text + JSON.stringify(vote));
  h = s.heard(6);
  check('edited and approved: the client runs the edited command', !h.error && pushed('edited') && !pushed('asked'), h.text + JSON.stringify(asked('heads/asked')));
  h = s.heard(8);
  check('granted for the task: the second call is not asked', asked('make.py').length === 1 && !h.error && text(path.join(folder, 'made.txt')) === 'made made ', h.text + JSON.stringify(asked('make.py')));
  h = s.heard(9);
  check('deferred: the model is told when', h.error && /22:00/.test(h.text), h.text);
  h = s.heard(10);
  check('released early by a person, it runs before its time', release?.status === 200 && !h.error && exists(path.join(folder, 'built.txt')), h.text + JSON.stringify(release));
  check('the model hears at its next hook that the time has come', /npm test/.test(s.aside) || /DEF-\d+/.test(s.heard(12).text + s.aside), s.aside.slice(-800));
  h = s.heard(13);
  check('deferred until night, it runs at night', !h.error && exists(path.join(folder, 'tested.txt')), h.text);
  check('stopped: nothing runs any more', !exists(path.join(folder, 'stopped.txt')) && !exists(path.join(folder, 'later.txt')));
  // It is told at the next hook: after the test that ran at night, or before the call that follows.
  check('stopped: the client halts', s.turns < turns.length - 1, `${s.turns} turns; ${s.claude.text}`);
  check('nobody was asked about anything else', people.asked.every((a) => a.match), JSON.stringify(people.asked).slice(0, 1500));
  const verify = cli(folder, {}, 'audit', 'verify', '--data', data);
  check('the ledger verifies', verify.status === 0, told(verify));
  const stop = (await api('GET', '/v1/stops')).json.stops?.[0];
  check('a person lets the agent go on', (await api('DELETE', `/v1/stops/${stop?.id}`)).status === 200, JSON.stringify(stop));
}

async function guarding() {
  console.log('settings that change during a session');
  const { folder } = await project('guarded');
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connected', connect.status === 0, told(connect));
  const local = path.join(folder, '.claude', 'settings.local.json');
  const people = answering([]);
  const s = await play('guarded', folder, {
    main: [bash('touch first.txt'), { tools: bash('git push origin HEAD'), wait_for: path.join(scratch, 'go-guarded') }, 'All done.'],
  }, async (playing) => {
    await until('the first call', 60, () => exists(path.join(folder, 'first.txt')), playing);
    // The client may not watch its files yet when the first call runs, so the change is made until it is seen.
    const before = text(local);
    let tries = 0;
    try {
      await until('the settings change on record', 45, async () => {
        if (tries++ % 40 === 0) fs.writeFileSync(local, before.replace('{', `{"disableAllHooks": true, "cleanupPeriodDays": ${30 + tries},`));
        return /settings change/.test(JSON.stringify((await api('GET', '/v1/audit?limit=10')).json));
      }, playing);
    } finally {
      fs.writeFileSync(path.join(scratch, 'go-guarded'), '');
    }
  });
  await people.stop();
  const h = s.heard(1);
  check('hooks switched off from outside still hold in the running session', people.asked.length === 1 && h.error && h.text.includes('nobody expected this'), h.text);
  const records = JSON.stringify((await api('GET', '/v1/audit?limit=50')).json);
  check('the blocked change is on record', records.includes('settings change blocked'), records.slice(0, 1500));
}

// What an allowed test runs is not mediated: it must not reach us as the owner of the data folder.
async function shortcut() {
  console.log('a test of the project uses the command line');
  const { folder } = await project('shortcut');
  const asking = await api('POST', '/v1/decisions', { client: 'x', tool: 'Bash', input: { command: 'git push origin HEAD:refs/heads/mine' }, cwd: folder });
  const question = asking.json.approval?.id;
  const policy = path.join(scratch, 'open.yaml');
  fs.writeFileSync(policy, 'policy: open\nautonomy: full\n');
  fs.writeFileSync(path.join(folder, 't.js'), `
    const { spawnSync } = require('node:child_process');
    const run = (env, ...args) => { const r = spawnSync(${JSON.stringify(program)}, [...args, '--data', ${JSON.stringify(data)}], { env, encoding: 'utf8' }); return { status: r.status, text: r.stdout + r.stderr }; };
    const { COUNTERSIGN_TOKEN: _, ...bare } = process.env;
    const { CLAUDECODE: marker, ...unmarked } = bare;
    const out = { marker, stop: run(bare, 'stop', '--all', '--reason', 'mine'), unmarked: run(unmarked, 'stop', '--all', '--reason', 'mine'),
      put: run(unmarked, 'policy', 'put', ${JSON.stringify(policy)}, '--level', 'tenant'),
      vote: run(unmarked, 'approvals', 'approve', ${JSON.stringify(question)}), check: run(unmarked, 'check', '--command', 'ls') };
    require('node:fs').writeFileSync('out.json', JSON.stringify(out));`);
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connected', connect.status === 0, told(connect));
  const people = answering([{ match: 'heads/mine' }]);
  const s = await play('shortcut', folder, { main: [bash('npm test'), 'All done.'] });
  await people.stop();
  const file = path.join(folder, 'out.json');
  const out = exists(file) ? JSON.parse(text(file)) : {};
  check('the test ran unasked', people.asked.length === 1 && people.asked[0].id === question && out.stop !== undefined, s.heard(0).text);
  check('the client marks what it starts', out.marker === '1', JSON.stringify(out));
  for (const what of ['stop', 'unmarked', 'put', 'vote']) {
    const r = out[what] ?? {};
    check(`the owner shortcut is refused there (${what})`, r.status === 1 && /used by a process below claude-code/.test(r.text) && r.text.includes('countersign login'), r.text);
  }
  check('`check` still works there', out.check?.status === 0, out.check?.text);
  const still = (await api('GET', `/v1/approvals/${question}`)).json;
  check('nobody voted', still.status === 'pending' && still.votes.length === 0, JSON.stringify(still).slice(0, 600));
  check('nothing was stopped', (await api('GET', '/v1/stops')).json.stops?.length === 0, JSON.stringify((await api('GET', '/v1/stops')).json));
  const { json } = await api('GET', '/v1/approvals');
  const alarms = (json.alarms ?? []).filter((alarm) => alarm.text.includes('owner shortcut used by a process below claude-code'));
  check('people are told', alarms.length === 3 && alarms.some((alarm) => alarm.text.endsWith(`POST /v1/approvals/${question}/votes`)) && alarms.some((alarm) => alarm.times === 2 && alarm.text.endsWith('POST /v1/stops')), JSON.stringify(json.alarms));
  const stopped = cli(folder, {}, 'stop', '--project', 'nowhere', '--reason', 'beside', '--data', data);
  check('beside the client it works', stopped.status === 0, told(stopped));
  const voted = cli(folder, {}, 'approvals', 'approve', question, '--data', data);
  const open = (await api('GET', `/v1/approvals/${question}`)).json;
  check('but does not vote there either', voted.status === 1 && open.votes.length === 0, told(voted));
  // Left open, a later session at a set clock would find it: whether it has expired there hangs on the hour of the day.
  const turned = await api('POST', `/v1/approvals/${question}/votes`, { answer: 'deny' });
  check('a person answers it', turned.status === 200, JSON.stringify(turned).slice(0, 600));
}

async function losing() {
  console.log('the server dies during a session');
  const { folder } = await project('lost');
  const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--data', data);
  check('connected', connect.status === 0, told(connect));
  const s = await play('lost', folder, {
    main: [bash('touch before.txt'), { tools: bash('touch after.txt'), wait_for: path.join(scratch, 'go-lost') }, call('Write', { file_path: '{{project}}/later.txt', content: 'x' }), call('Read', { file_path: '{{project}}/notes.md' }), 'All done.'],
  }, async (playing) => {
    await until('the first call', 60, () => exists(path.join(folder, 'before.txt')), playing);
    server.kill('SIGKILL');
    await server.ended;
    fs.writeFileSync(path.join(scratch, 'go-lost'), '');
  });
  await server.ended;
  check('a call before was allowed', exists(path.join(folder, 'before.txt')));
  check('nothing ran afterwards', !exists(path.join(folder, 'after.txt')) && !exists(path.join(folder, 'later.txt')));
  for (const [turn, what] of [[1, 'a command'], [2, 'a write'], [3, 'a read']]) {
    const h = s.heard(turn);
    check(`${what} was blocked and not worded as policy`, h.error && neverPolicy(h) && !h.text.includes('quick brown fox'), h.text);
  }
  const ill = cli(folder, {}, 'doctor', '--data', data);
  check('doctor says that no server answers', ill.status === 1 && ill.stdout.includes('no server answers'), told(ill));
  await serve();
  const verify = cli(folder, {}, 'audit', 'verify', '--data', data);
  check('the ledger verifies after the kill', verify.status === 0, told(verify));
}

// The client's hooks point at an edge, and the edge at the server: what only this machine knows counts, and a server that is away denies.
async function relaying() {
  console.log('the hooks point at an edge');
  const { folder } = await project('relayed');
  fs.mkdirSync(path.join(home, 'elsewhere'), { recursive: true });
  fs.writeFileSync(path.join(home, 'elsewhere', 'far.txt'), 'the far brown fox\n');
  fs.symlinkSync(path.join(home, 'elsewhere'), path.join(folder, 'near'));
  const made = cli(scratch, {}, 'tokens', 'create', '--kind', 'device', '--person', 'ana@example.com', '--name', 'laptop', '--agent', 'ana-laptop', '--json', '--data', data);
  check('a device token is made', made.status === 0, told(made));
  const kept = path.join(home, '.local', 'share', 'countersign-edge');
  const edge = start(program, ['edge', '--server', url, '--listen', '127.0.0.1:0'], { cwd: folder, env: { ...plain, COUNTERSIGN_TOKEN: JSON.parse(made.stdout).token } });
  try {
    const note = await until('the edge', 60, () => { try { return JSON.parse(fs.readFileSync(path.join(kept, 'owner.json'), 'utf8')); } catch { return undefined; } }, () => children.has(edge));
    const connect = cli(folder, {}, 'connect', 'claude-code', '--project', '--server', note.url);
    check('connected to the edge', connect.status === 0 && connect.stdout.includes('is an edge and asks'), told(connect));
    const well = cli(folder, {}, 'doctor');
    check('doctor names the edge and the server behind it', well.stdout.includes('an edge that asks') && well.stdout.includes('answers through the edge'), told(well));
    const person = answering([{ match: 'far.txt', vote: { answer: 'deny', guidance: 'not that file' } }]);
    const s = await play('relayed', folder, {
      main: [bash('cat notes.md'), bash('cat near/far.txt'), bash('git push --force origin main'), bash(`cat ${kept}/device.json`), bash('touch before.txt'), { tools: bash('touch after.txt'), wait_for: path.join(scratch, 'go-relayed') }, 'All done.'],
    }, async (playing) => {
      await until('the last call before', 90, () => exists(path.join(folder, 'before.txt')), playing);
      server.kill('SIGKILL');
      await server.ended;
      fs.writeFileSync(path.join(scratch, 'go-relayed'), '');
    });
    await person.stop();
    check('a read in the workspace was allowed', s.heard(0).text.includes('quick brown fox'), s.heard(0).text);
    check('a link that leads out was asked about, and denied by the person', s.heard(1).error && s.heard(1).text.includes('not that file') && !s.heard(1).text.includes('far brown fox'), s.heard(1).text);
    check('a force-push was denied', s.heard(2).error && s.heard(2).text.includes('Denied by Countersign'), s.heard(2).text);
    check("the edge's own token is guarded", s.heard(3).error && s.heard(3).text.includes('Denied by Countersign') && !s.heard(3).text.includes('csa_'), s.heard(3).text);
    check('nothing ran while the server was away', s.heard(5).error && !exists(path.join(folder, 'after.txt')) && neverPolicy(s.heard(5)), s.heard(5).text);
    check('the model was told why', s.heard(5).text.includes('could not judge') && s.heard(5).text.includes('cannot be reached'), s.heard(5).text);
    const ill = cli(folder, {}, 'doctor');
    check('doctor says where the chain ends', ill.status === 1 && ill.stdout.includes('cannot be reached'), told(ill));
  } finally {
    edge.kill('SIGTERM');
    await edge.ended;
    await serve();
  }
}

try {
  await serve();
  const added = cli(scratch, {}, 'people', 'add', 'ana@example.com', '--role', 'owner', '--data', data);
  check('a test person is added', added.status === 0, told(added));
  const made = cli(scratch, {}, 'tokens', 'create', '--kind', 'personal', '--person', 'ana@example.com', '--name', 'test', '--json', '--data', data);
  check('a test person can vote', made.status === 0, told(made));
  person = JSON.parse(made.stdout).token;
  for (const [name, session] of Object.entries({ connecting, deciding, guarding, shortcut, relaying, losing, approving })) {
    if (only && only !== name) continue;
    playing = name;
    try { await session(); } catch (e) { check(`${name} went through`, false, e.stack); }
  }
} catch (e) {
  check('the test could start', false, e.stack);
} finally {
  if (failed && server) console.log(`the server said:\n${server.text.slice(0, 3000)}`);
  clean();
  clearTimeout(limit);
}
results();
console.log(`real-client test: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
