// Real clients against the real product. See other-clients-test.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { counting, everything, has, option, read, stage, told, wanted, write } from './common.mjs';
import { clients, installed, play } from './clients.mjs';

const counts = counting('other-clients');
const { check, scene } = counts;
// Claude Code has a test of its own, whose sessions are others; here it is when everything is.
const all = Object.values(clients).filter(({ name }) => wanted(name) && (everything || option('--only') || name !== 'claude-code'));
if (has('--install')) process.exit(all.filter((client) => installed(client, counts.skip)).length ? 0 : 77);
const tested = stage('other-clients', everything ? 30 : 10);
const { cli } = tested;

async function place(client) {
  const home = path.join(tested.scratch, client.name), folder = path.join(home, 'project');
  for (const each of ['bin', 'tmp', 'project']) fs.mkdirSync(path.join(home, each), { recursive: true });
  fs.symlinkSync(client.file, path.join(home, 'bin', client.program ?? client.name));
  const git = (...args) => spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], { cwd: folder, env: tested.plain(home), encoding: 'utf8' });
  git('init', '-q', '--bare', path.join(home, 'remote.git'));
  git('init', '-q');
  write(path.join(folder, 'notes.md'), 'the quick brown fox\n');
  write(path.join(home, 'precious.txt'), 'keep me\n');
  git('add', '.');
  git('commit', '-qm', 'start');
  git('remote', 'add', 'origin', path.join(home, 'remote.git'));
  return { home, folder, asked: [], early: false };
}
const exists = (at, file) => fs.existsSync(path.join(at.folder, file));
const push = (branch) => `git push origin HEAD:refs/heads/${branch}`;
const pushed = (at, branch) => spawnSync('git', ['rev-parse', '-q', '--verify', `refs/heads/${branch}`], { cwd: path.join(at.home, 'remote.git') }).status === 0;
const over = (s) => /abort|cancel/i.test(s.said);
const of = (at) => ({ home: at.home, cwd: at.folder });

function wire(client, at) {
  const { name } = client;
  client.prepare(at);
  const connect = cli(of(at), 'connect', name, '--agent', name);
  check(`${name}: connect proves the wiring by a canary`, connect.status === 0 && connect.stdout.includes('refused as it should be'), told(connect));
  if (name === 'codex') check('codex: its trust in the hooks is set', connect.stdout.includes('Codex trusts'), told(connect));
  const doctor = cli(of(at), 'doctor');
  // Cline takes seconds to say its version, more than doctor waits on a busy machine.
  check(`${name}: doctor finds everything wired`, doctor.status === 0 && (name === 'cline' || doctor.stdout.includes(client.version)), told(doctor));
}

// What is allowed runs; what people are asked about waits for them and does as they say.
async function up(client, at) {
  wire(client, at);
  const say = scene(client.name, 'held, then denied');
  const s = await play(tested, client, at, 'up', { steps: [client.call('touch allowed.txt'), client.call(push('asked')), { text: 'done' }] }, { calls: 2 });
  scene(client.name, 'allowed command')('an allowed call ran', exists(at, 'allowed.txt'), JSON.stringify(s));
  say('a held call was put to a person', at.asked.filter((b) => b === 'asked').length === 1, `${at.asked} ${JSON.stringify(s)}`);
  say('and denied, it did not run', !pushed(at, 'asked'));
  if (client.aborts) say('the run ended', over(s), s.said.slice(-600));
  else say('the model was told what the person said', s.told.at(1)?.includes('open a pull request') ?? false, JSON.stringify(s.told));
}

// What there is besides, each in a session of its own, so that one that a client ends with a denial is no other's loss.
async function more(client, at) {
  const { name } = client;
  const notes = path.join(at.folder, 'notes.md');
  const session = (label, steps, args) => play(tested, client, at, label, { steps: [...steps, { text: 'done' }], threads: [{ match: 'SUBTASK', steps: [client.call('touch sub.txt'), client.call(push('sub')), ...(client.subEnd ?? []), { text: 'Nothing more.' }] }] }, { calls: steps.length, more: args });

  let say = scene(name, 'allowed read');
  let s = await session('work', [client.look?.(notes) ?? client.call('cat notes.md'), client.edit(notes, 'the quick brown fox', 'the slow brown fox'), client.call(push('approved'))]);
  say('an allowed read told the model what stands there', s.told[0]?.includes('quick brown fox') ?? false, JSON.stringify(s));
  scene(name, 'allowed edit')('an allowed edit was made', read(notes).includes('slow brown fox'), JSON.stringify(s));
  say = scene(name, 'held, then approved');
  say('a held call waited', at.asked.includes('approved') && !at.early, `${at.asked}`);
  say('and approved, it ran', pushed(at, 'approved'), JSON.stringify(s));

  say = scene(name, 'denied delete');
  s = await session('delete', [client.call('rm -rf ~')]);
  say('what may not be deleted is still there', fs.existsSync(path.join(at.home, 'precious.txt')), JSON.stringify(s));
  if (client.aborts) say('the run ended', over(s), s.said.slice(-600));
  else say('the model was told why', s.told[0]?.includes('Denied by Countersign: ') ?? false, JSON.stringify(s.told));

  say = scene(name, 'subagent');
  s = await session('sub', client.sub('SUBTASK push it'), client.subArgs);
  say('an allowed call of a subagent ran', exists(at, 'sub.txt'), JSON.stringify(s));
  say('one that a person denied did not', at.asked.includes('sub') && !pushed(at, 'sub'), `${at.asked} ${JSON.stringify(s)}`);
  if (!client.aborts) say('the subagent was told what the person said', s.toldSub[1]?.includes('open a pull request') ?? false, JSON.stringify(s));
}

async function down(client, at) {
  const say = scene(client.name, 'server down');
  const s = await play(tested, client, at, 'down', { steps: [client.call('touch after.txt'), { text: 'done' }] });
  say('nothing runs while the server is away', !exists(at, 'after.txt'), JSON.stringify(s));
  nobody(client, say, s);
}

// A server that takes calls and answers none. What the client and the sender wait for is an hour; here it is seconds.
async function slow(client, at) {
  const say = scene(client.name, 'server too slow');
  const edited = hurry(at.home);
  const s = await play(tested, client, { ...at, edited: true }, 'slow', { steps: [client.call('touch slow.txt'), { text: 'done' }] });
  say('a call that nobody answers in time does not run', edited > 0 && !exists(at, 'slow.txt'), `${edited} ${JSON.stringify(s)}`);
  if (client.name === 'claude-code') say('the model was told that nobody decided', s.told.length === 1 && !s.told[0].includes('Denied by Countersign'), JSON.stringify(s.told));
  else nobody(client, say, s);
}

function nobody(client, say, s) {
  if (client.aborts) say('the run ended', over(s), s.said.slice(-600));
  else say('the model was told that nobody decided', (client.name === 'claude-code' || (s.told.at(0) ?? '').includes('could not judge')) && s.told.length > 0 && !s.told[0].includes('Denied by Countersign'), JSON.stringify(s.told));
}

/** Makes seconds of the hour that was written for a client, and the sender's deadline before it; how often. */
function hurry(folder) {
  let changed = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || /\/(run-|\.git\/|node_modules|sessions|logs?\/)/.test(file) || fs.statSync(file).size > 100_000) continue;
    const text = read(file);
    if (!text.includes('countersign')) continue;
    const quick = text.replace(/\b3600000\b/g, '12000').replace(/\b3600\b/g, '12').replace(/\b3580\b/g, '3').replace(/(\.curl'? )100\b/g, '$13');
    if (quick === text) continue;
    fs.writeFileSync(file, quick);
    changed++;
  }
  return changed;
}

async function each(names, places, step) {
  // Two at a time: a client waits for its own start most of the time.
  const queue = [...names];
  await Promise.all([0, 1].map(async () => {
    for (let client = queue.shift(); client; client = queue.shift()) {
      try { await step(client, places[client.name]); } catch (e) { check(`${client.name} went through`, false, e.stack); }
    }
  }));
}

const chosen = all.filter((client) => installed(client, counts.skip));
const places = {};
let people;
try {
  await tested.serve();
  tested.somebody(check);
  for (const client of chosen) places[client.name] = await place(client);
  people = tested.answering((request) => {
    const at = Object.values(places).find(({ folder }) => request.includes(folder));
    const branch = /heads\/(\w+)/.exec(request)?.[1] ?? request;
    if (at) {
      at.early ||= pushed(at, branch);
      at.asked.push(branch);
    }
    // Qwen Code's subagents may be other clients, so people are asked whether one may begin.
    return branch === 'approved' || request.includes('"tool":"agent"') ? { answer: 'approve' } : { answer: 'deny', guidance: 'open a pull request' };
  });
  await each(chosen, places, up);
  if (everything) await each(chosen, places, more);
  await people.stop();
  await tested.down();
  await each(chosen, places, down);
  if (everything) {
    const silent = http.createServer(() => {});
    await new Promise((r) => silent.listen(Number(new URL(tested.url).port), '127.0.0.1', r));
    await each(chosen, places, slow);
    silent.closeAllConnections();
    await new Promise((r) => silent.close(r));
  }
  await tested.serve();
  const verify = cli({}, 'audit', 'verify');
  check('the ledger verifies', verify.status === 0, told(verify));
  for (const { name } of everything ? [] : chosen) {
    const gone = cli({ ...of(places[name]), env: { COUNTERSIGN_TOKEN: tested.person } }, 'disconnect', name);
    check(`${name}: disconnect takes everything out`, gone.status === 0 && /restored|removed/.test(gone.stdout) && gone.stdout.includes('revoked'), told(gone));
  }
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  await people?.stop();
  if (counts.failed() && tested.server) console.log(`the server said:\n${tested.server.text.slice(0, 2000)}`);
  tested.end();
}
counts.end(chosen.length > 0, { versions: Object.fromEntries(chosen.map(({ name, version }) => [name, version])) });
