// The machine-wide wiring of real clients, with its user against it. See managed-test.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { counting, everything, program, read, stage, told, wanted, write } from './common.mjs';
import { clients, installed, play } from './clients.mjs';

const counts = counting('managed');
const { check, scene } = counts;
const tested = stage('managed', 10);

// How the user of each switches hooks off, and what of it the machine's settings do not survive (docs/guide).
const against = {
  'claude-code': [
    { how: '`disableAllHooks` in the user\'s settings', do: ({ home }) => write(path.join(home, '.claude', 'settings.json'), { disableAllHooks: true }) },
    { how: '`disableAllHooks` in the project\'s local settings', do: ({ folder }) => write(path.join(folder, '.claude', 'settings.local.json'), { disableAllHooks: true }) },
  ],
  codex: [
    { how: '`codex --disable hooks`', more: ['--disable', 'hooks'] },
    { how: '`hooks = false` in the user\'s settings', do: ({ home }) => fs.appendFileSync(path.join(home, '.codex', 'config.toml'), '[features]\nhooks = false\n') },
  ],
  gemini: [
    { how: '`hooksConfig.enabled: false` in the user\'s settings', do: (at) => settings(at, { hooksConfig: { enabled: false } }) },
    { how: '`hooksConfig.enabled: false` in the project\'s settings', do: ({ folder }) => write(path.join(folder, '.gemini', 'settings.json'), { hooksConfig: { enabled: false } }) },
    { how: '`hooksConfig.disabled` with the name of the hook', lost: true, do: (at) => settings(at, { hooksConfig: { disabled: ['countersign-BeforeTool'] } }) },
    { how: 'GEMINI_CLI_SYSTEM_SETTINGS_PATH', lost: true, env: { GEMINI_CLI_SYSTEM_SETTINGS_PATH: '/nonexistent' } },
  ],
  copilot: [
    { how: '`disableAllHooks` in a trusted repository', more: ['--trust-folder'], own: true, do: ({ folder }) => write(path.join(folder, '.github', 'copilot', 'settings.json'), { disableAllHooks: true }) },
    { how: '`disableAllHooks` in the user\'s settings', do: ({ home }) => write(path.join(home, '.copilot', 'settings.json'), { disableAllHooks: true }) },
  ],
};
const settings = ({ home }, more) => {
  const file = path.join(home, '.gemini', 'settings.json');
  fs.writeFileSync(file, read(file).replace(/\}\s*$/, `, ${JSON.stringify(more).slice(1, -1)}}\n`));
};

// An /etc of its own, in which whoever runs this is root.
const etc = path.join(tested.scratch, 'etc');
const within = ['bwrap', ...(process.getuid() === 0 ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']), '--dev-bind', '/', '/', '--bind', etc, '/etc', '--die-with-parent', '--'];

function place(client, label) {
  const home = path.join(tested.scratch, `${client.name}-${label}`), folder = path.join(home, 'project');
  for (const each of ['bin', 'tmp', 'project']) fs.mkdirSync(path.join(home, each), { recursive: true });
  fs.symlinkSync(client.file, path.join(home, 'bin', client.program ?? client.name));
  spawnSync('git', ['init', '-q'], { cwd: folder, env: tested.plain(home) });
  return { home, folder, within };
}
const ran = (at, file) => fs.existsSync(path.join(at.folder, file));

// One session of a user against the settings of the machine: an allowed call, and one that is denied.
async function session(client, way, label) {
  const say = scene(client.name, 'switched off by its user');
  const at = place(client, label);
  client.prepare(at);
  way.do?.(at);
  if (way.own) write(path.join(at.home, '.copilot', 'hooks', 'own.json'), { version: 1, hooks: { preToolUse: [{ type: 'command', bash: `touch '${at.home}/own-ran'; echo '{}'`, timeoutSec: 10 }] } });
  at.env = way.env;
  const s = await play(tested, client, at, label, { steps: [client.call('touch allowed.txt'), client.call('touch denied.txt'), { text: 'done' }] }, { calls: 2, more: way.more });
  const details = JSON.stringify(s);
  say(`a call ran: ${way.how}`, ran(at, 'allowed.txt'), details);
  if (way.lost) say(`the guide says that this is not survived: ${way.how}`, ran(at, 'denied.txt'), details);
  else say(`the machine's hooks decide in spite of ${way.how}`, !ran(at, 'denied.txt') && (s.told[1] ?? '').includes('Nobody denies this in vain'), details);
  if (way.own) say(`while a user's own hooks were off: ${way.how}`, !fs.existsSync(path.join(at.home, 'own-ran')), details);
}

async function gone(client) {
  const at = place(client, 'down');
  client.prepare(at);
  const s = await play(tested, client, at, 'down', { steps: [client.call('touch after.txt'), { text: 'done' }] });
  scene(client.name, 'switched off by its user')('nothing runs while the server is away', !ran(at, 'after.txt') && (client.name === 'claude-code' ? s.told.length > 0 && !s.told[0].includes('Denied by Countersign') : (s.told[0] ?? '').includes('could not judge')), JSON.stringify(s));
}

const chosen = Object.keys(against).filter(wanted).map((name) => clients[name]).filter((client) => installed(client, counts.skip));
try {
  // What nobody but root may read is no part of it.
  spawnSync('cp', ['-a', '/etc', etc]);
  const tried = spawnSync(within[0], [...within.slice(1), 'true'], { encoding: 'utf8' });
  if (tried.status !== 0) {
    console.log(`managed test: did not run, bubblewrap cannot: ${tried.stderr}`);
    tested.end();
    process.exit(77);
  }
  await tested.serve();
  tested.somebody(check);
  write(path.join(tested.scratch, 'rules.yaml'), 'policy: managed\nrules:\n  - deny: {shell_run: "touch denied.txt"}\n    reason: Nobody denies this in vain.\n');
  const put = tested.cli({}, 'policy', 'put', '--level', 'tenant', path.join(tested.scratch, 'rules.yaml'));
  check('the rule stands', put.status === 0, told(put));
  for (const { name } of chosen) {
    const connect = spawnSync(within[0], [...within.slice(1), program, 'connect', name, '--managed', '--agent', name, '--data', tested.data], { cwd: tested.scratch, env: tested.plain(), encoding: 'utf8', timeout: 120_000 });
    check(`${name}: connect --managed writes the settings of the machine`, connect.status === 0 && connect.stdout.includes('refused as it should be'), told(connect));
  }
  await Promise.all(chosen.map(async (client) => {
    for (const [i, way] of against[client.name].slice(0, everything ? undefined : 1).entries()) {
      try { await session(client, way, `way${i}`); } catch (e) { check(`${client.name} went through`, false, e.stack); }
    }
  }));
  await tested.down();
  await Promise.all(chosen.map(gone));
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  if (counts.failed() && tested.server) console.log(`the server said:\n${tested.server.text.slice(0, 2000)}`);
  tested.end();
}
counts.end(chosen.length > 0);
