// What the tests with real clients left in a folder, as a page.   node report.mjs FOLDER
import fs from 'node:fs';
import path from 'node:path';
import { clients } from './clients.mjs';

const folder = process.argv[2];
const tests = ['real-client', 'other-clients', 'gateway', 'managed']
  .map((name) => ({ name, file: path.join(folder, `${name}.json`) }))
  .map(({ name, file }) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { test: name, cases: [] }));
const cases = tests.flatMap((test) => test.cases);
const scenarios = [...new Set(cases.map((c) => c.scenario))];
const titles = { 'claude-code': 'Claude Code', codex: 'Codex CLI', gemini: 'Gemini CLI', qwen: 'Qwen Code', opencode: 'opencode', copilot: 'GitHub Copilot CLI', cline: 'Cline CLI', remote: 'Claude Code, remote server' };
const versions = (name) => clients[name]?.version ?? clients['claude-code'].version;
const rows = Object.keys(titles).filter((name) => cases.some((c) => c.client === name));
const titled = {
  connecting: 'connect, doctor, disconnect', deciding: 'a session is decided', guarding: 'settings that change during a session', shortcut: 'a test of the project uses the command line', relaying: 'the hooks point at an edge',
  losing: 'the server dies during a session', approving: 'people answer, hours of it at a set clock', starting: 'server, people and tokens',
};
const sessions = tests.find((test) => test.test === 'real-client')?.sessions ?? [];
const played = [...new Set(sessions.map((c) => c.session))].map((name) => {
  const of = sessions.filter((c) => c.session === name);
  const bad = of.filter((c) => !c.good);
  return `| ${titled[name] ?? name} | ${of.length - bad.length} | ${bad.map((c) => c.what).join('; ') || 'none'} |`;
});
const cell = (client, scenario) => {
  const of = cases.filter((c) => c.client === client && c.scenario === scenario);
  const bad = of.filter((c) => !c.good).length;
  return of.length === 0 ? '' : bad ? `**${bad} of ${of.length} failed**` : `${of.length} passed`;
};
console.log(`# What the real clients did

Written by \`tools/clients/report\`, which plays every scenario of [the table](clients.md) with the programs themselves: a scripted model, no account, nothing but loopback. A number counts checks: what the file system held afterwards, and the words the model received.

| client | version | ${scenarios.join(' | ')} |
|---|---|${scenarios.map(() => '---|').join('')}
${rows.map((name) => `| ${titles[name]} | ${versions(name)} | ${scenarios.map((s) => cell(name, s)).join(' | ')} |`).join('\n')}

${played.length === 0 ? '' : `What only Claude Code can be made to do, by \`real-client-test\`:

| session | passed | failed |
|---|---|---|
${played.join('\n')}

`}| test | passed | failed |
|---|---|---|
${tests.map((t) => `| \`tools/clients/${t.test}-test${t.test === 'real-client' ? '' : ' --all'}\` | ${t.passed ?? 'did not run'} | ${t.failed ?? ''} |`).join('\n')}

Cline ends its whole run where a call is denied, so of it the run's end is asserted and not the model's words. \`real-client\` plays what only Claude Code can: settings that change during a session, an edge, an hour of people's answers. \`managed\` has the hooks of the machine with their user against them; the two ways in which Gemini CLI's
are lost are asserted as lost. A fresh run replaces this page.`);
