// What the tests with real clients share: their options, what they count, processes, and the product under test.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, '../..');
export const option = (name) => { const i = process.argv.indexOf(name); return i < 0 ? undefined : process.argv[i + 1]; };
export const has = (name) => process.argv.includes(name);
export const program = path.resolve(option('--countersign') ?? path.join(repository, 'countersign'));
export const store = process.env.COUNTERSIGN_CLIENTS ?? path.join(repository, '.countersign', 'clients');
const only = option('--only')?.split(',');
export const wanted = (name) => !only || only.includes(name);
/** Every scenario, and not only those that `./verify` has time for. */
export const everything = has('--all');

export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export async function until(what, seconds, probe) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}
export const write = (file, value) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
};
export const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
export const lines = (file) => read(file).trim().split('\n').filter(Boolean);
export const told = (r) => `exit ${r.status}\n${r.stdout}${r.stderr}`;

/** Counts. A check that names a client and a scenario is in the report, too. */
export function counting(test) {
  let passed = 0, failed = 0;
  const skipped = [], cases = [];
  const check = (what, good, details = '', of) => {
    if (of) cases.push({ ...of, good: Boolean(good) });
    if (good) { passed++; console.log(`  ok      ${what}`); return; }
    failed++;
    console.log(`  FAILED  ${what}${details ? '\n          ' + String(details).slice(0, 1500).replaceAll('\n', '\n          ') : ''}`);
  };
  return {
    check,
    scene: (client, scenario) => (what, good, details) => check(`${client}: ${what}`, good, details, { client, scenario }),
    skip: (what) => skipped.push(what),
    failed: () => failed > 0,
    /** Says what came of it, and ends. */
    end(ran = true, more = {}) {
      for (const what of skipped) console.log(`did not run: ${what}`);
      if (option('--results')) write(option('--results'), { test, passed, failed, cases, ...more });
      console.log(`${test} test: ${passed} passed, ${failed} failed`);
      process.exit(failed ? 1 : ran ? 0 : 77);
    },
  };
}

/** A scratch folder, the processes of a test, and the server, all of which are gone at the end. */
export function stage(test, minutes) {
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir(), `countersign-${test}-`)));
  const data = path.join(scratch, 'data');
  const children = new Set();
  const start = (command, args, options) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
    child.text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { child.text += d; });
    child.ended = new Promise((r) => child.on('close', (code, signal) => { children.delete(child); r(code ?? signal); }));
    child.end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* It is gone. */ } };
    children.add(child);
    return child;
  };
  // What a client leaves behind, such as Cline's hub, has the scratch folder on its command line.
  const leftovers = () => {
    for (const pid of fs.existsSync('/proc') ? fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)) : []) {
      try {
        if (Number(pid) !== process.pid && fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(scratch)) process.kill(Number(pid), 'SIGKILL');
      } catch { /* It is gone. */ }
    }
  };
  const clean = () => {
    for (const child of children) child.end();
    leftovers();
    if (has('--keep')) console.log(`kept ${scratch}`); else fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { clean(); process.exit(1); });
  const limit = setTimeout(() => { console.log(`${test} test: not done within ${minutes} minutes`); clean(); process.exit(1); }, minutes * 60_000);

  const plain = (home = scratch) => ({ PATH: `${path.join(home, 'bin')}:${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', NO_COLOR: '1', CI: '1',
    ...(process.env.JAVA_HOME ? { JAVA_HOME: process.env.JAVA_HOME } : {}) });
  const cli = ({ home = scratch, cwd = scratch, env = {} }, ...args) => spawnSync(program, [...args, '--data', data], { cwd, env: { ...plain(home), ...env }, encoding: 'utf8', timeout: 300_000 });
  const tested = { scratch, data, start, plain, cli, url: undefined, person: undefined, server: undefined };

  /** Starts the server, at the address it had before. */
  tested.serve = async (...more) => {
    tested.server = start(program, ['serve', '--data', data, '--listen', tested.url ? new URL(tested.url).host : '127.0.0.1:0', '--trust-setup', ...more], { cwd: scratch, env: plain() });
    tested.url = await until('the server', 300, async () => {
      if (!children.has(tested.server)) throw new Error(`the server ended:\n${tested.server.text}`);
      try {
        const owner = JSON.parse(fs.readFileSync(path.join(data, 'owner.json'), 'utf8'));
        return (await fetch(new URL('/health/ready', owner.url))).ok && owner.url.replace(/\/$/, '');
      } catch { return undefined; }
    });
  };
  tested.down = async () => {
    tested.server.end();
    await tested.server.ended;
  };
  tested.api = async (method, route, body) => {
    const answer = await fetch(tested.url + route, { method, headers: { authorization: `Bearer ${tested.person}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    return { status: answer.status, json: await answer.json().catch(() => ({})) };
  };
  /** Has somebody sign in who may vote. */
  tested.somebody = (check) => {
    const made = cli({}, 'tokens', 'create', '--kind', 'personal', '--person', 'owner@localhost', '--name', 'test', '--json');
    check('a test person can vote', made.status === 0, told(made));
    tested.person = JSON.parse(made.stdout).token;
  };
  /** Answers what people are asked, until it is stopped. */
  tested.answering = (vote) => {
    const seen = new Set();
    let going = true;
    const done = (async () => {
      while (going) {
        for (const request of (await tested.api('GET', '/v1/approvals').catch(() => ({ json: {} }))).json.approvals ?? []) {
          if (seen.has(request.id)) continue;
          seen.add(request.id);
          await tested.api('POST', `/v1/approvals/${request.id}/votes`, vote(JSON.stringify(request)));
        }
        await sleep(150);
      }
    })();
    return { count: () => seen.size, stop: async () => { going = false; await done; } };
  };
  /** A scripted model in a folder with its script; gives its port. */
  tested.model = async (run, file, script) => {
    write(path.join(run, 'script.json'), script);
    const model = start(process.execPath, [path.join(here, file), '--script', path.join(run, 'script.json'), '--log', path.join(run, 'requests.jsonl'), '--port-file', path.join(run, 'port')]);
    model.port = await until('the model', 20, () => read(path.join(run, 'port')));
    model.heard = () => lines(path.join(run, 'requests.jsonl')).map((l) => JSON.parse(l));
    return model;
  };
  tested.running = (child) => children.has(child);
  tested.end = () => {
    clean();
    clearTimeout(limit);
  };
  return tested;
}
