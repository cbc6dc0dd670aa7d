// The real clients: how each is installed, told of a model on loopback, and made to call a tool.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { here, program, read, store, write } from './common.mjs';

const mac = process.platform === 'darwin', arm = process.arch === 'arm64';
const platform = `${mac ? 'darwin' : 'linux'}-${arm ? 'arm64' : 'x64'}`;
const merge = (file, value) => write(file, { ...JSON.parse(read(file) || '{}'), ...value });
const quiet = { telemetry: { enabled: false }, privacy: { usageStatisticsEnabled: false }, general: { enableAutoUpdate: false, enableAutoUpdateNotification: false } };

// What the model was told, from the log of its requests.
const text = (content) => (typeof content === 'string' ? content : JSON.stringify(content));
const chat = (requests) => (requests.filter((r) => r.path.includes('/chat/completions')).at(-1)?.body.messages ?? []).filter((m) => m.role === 'tool').map((m) => text(m.content));
const responses = (requests) => (requests.filter((r) => r.path.endsWith('/responses')).at(-1)?.body.input ?? []).filter((i) => /output$/.test(i.type)).map((i) => text(i.output));
const gemini = (requests) => (requests.filter((r) => r.path.includes('enerateContent')).at(-1)?.body.contents ?? []).flatMap((c) => c.parts).filter((p) => p.functionResponse).map((p) => JSON.stringify(p.functionResponse.response));
const messages = (requests) => requests.filter((m) => m.kind === 'turn').slice(1).map((m) => text(m.results?.[0]?.content ?? ''));

// How Gemini CLI and its descendant call the tools they have in common.
const family = {
  call: (command) => ({ tool: 'run_shell_command', args: { command, description: 'try' } }),
  look: (file) => ({ tool: 'read_file', args: { file_path: file } }),
  mcp: ({ home }, name, args) => merge(path.join(home, name, 'settings.json'), { mcpServers: { tiny: { command: program, args, trust: true } } }),
  served: (tool, args) => ({ tool: `mcp_tiny_${tool}`, args }),
};

/**
 * By name: `prepare` is done before `connect`, `ready` once the model's port is known; `call`, `look`, `edit` and `sub`
 * are steps of the model (`sub` several), `served` one with a tool of the MCP server `tiny`, which `mcp` names.
 */
export const clients = {
  'claude-code': {
    version: '2.1.329', package: '@anthropic-ai/claude-code', bin: `@anthropic-ai/claude-code-${platform}/claude`, program: 'claude', model: 'fake-model.mjs',
    prepare: () => {}, told: messages,
    script: ({ steps, threads = [] }) => ({ main: turns(steps), threads: threads.map((t) => ({ match: t.match, turns: turns(t.steps) })) }),
    call: (command) => ({ tool: 'Bash', args: { command, description: 'try' } }),
    look: (file) => ({ tool: 'Read', args: { file_path: file } }),
    edit: (file, from, to) => ({ tool: 'Edit', args: { file_path: file, old_string: from, new_string: to } }),
    sub: (prompt) => [{ tool: 'Agent', args: { description: 'Look around', prompt, subagent_type: 'general-purpose', run_in_background: false } }],
    args: ['-p', 'go', '--output-format', 'json', '--permission-mode', 'bypassPermissions'],
    mcp: ({ folder }, args) => write(path.join(folder, 'mcp.json'), { mcpServers: { tiny: { command: program, args } } }),
    mcpArgs: ({ folder }) => ['--mcp-config', path.join(folder, 'mcp.json')],
    served: (tool, args) => ({ tool: `mcp__tiny__${tool}`, args }),
    env: ({ port }) => ({ ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_API_KEY: 'dummy', DISABLE_TELEMETRY: '1', DISABLE_ERROR_REPORTING: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ENABLE_TOOL_SEARCH: 'false', IS_SANDBOX: '1' }),
  },
  codex: {
    version: '0.169.0', package: '@openai/codex', bin: `@openai/codex-${platform}/vendor/${arm ? 'aarch64' : 'x86_64'}-${mac ? 'apple-darwin' : 'unknown-linux-musl'}/bin/codex`,
    // Written before connect, which adds its trust to it.
    prepare: ({ home, folder }) => write(path.join(home, '.codex', 'config.toml'), `model = "gpt-5.5"\nmodel_provider = "fake"\ncheck_for_update_on_startup = false\n[model_providers.fake]\nname = "fake"\nbase_url = "http://127.0.0.1:@PORT@/v1"\nenv_key = "FAKE_KEY"\nwire_api = "responses"\nrequest_max_retries = 0\nstream_max_retries = 0\n[analytics]\nenabled = false\n[feedback]\nenabled = false\n[history]\npersistence = "none"\n[projects."${folder}"]\ntrust_level = "trusted"\n`),
    ready: ({ home, port }) => { const f = path.join(home, '.codex', 'config.toml'); fs.writeFileSync(f, read(f).replace(/127\.0\.0\.1:[^/]+\/v1/, `127.0.0.1:${port}/v1`)); },
    told: responses,
    call: (command) => ({ tool: 'exec_command', args: { cmd: command } }),
    edit: (file, from, to) => ({ tool: 'apply_patch', input: `*** Begin Patch\n*** Update File: ${path.basename(file)}\n@@\n-${from}\n+${to}\n*** End Patch\n` }),
    sub: (prompt) => [{ tool: 'spawn_agent', namespace: 'collaboration', args: { message: prompt, task_name: 'look', fork_turns: 'none' } }, { tool: 'wait_agent', namespace: 'collaboration', args: { timeout_ms: 60_000 } }],
    subArgs: ['--enable', 'multi_agent_v2'],
    // What was edited since is trusted no more; only where a test has edited it.
    args: ({ edited }) => ['exec', '--json', '--skip-git-repo-check', '-s', 'danger-full-access', ...(edited ? ['--dangerously-bypass-hook-trust'] : []), 'do it'],
    mcp: ({ home }, args) => fs.appendFileSync(path.join(home, '.codex', 'config.toml'), `[mcp_servers.tiny]\nstartup_timeout_sec = 60\nrequired = true\ncommand = ${JSON.stringify(program)}\nargs = ${JSON.stringify(args)}\n`),
    served: (tool, args) => ({ tool, namespace: 'mcp__tiny', args }),
    env: ({ home }) => ({ FAKE_KEY: 'dummy', TMPDIR: path.join(home, 'tmp') }),
  },
  gemini: {
    version: '0.61.0', package: '@google/gemini-cli', bin: '.bin/gemini', node: '@google/gemini-cli/bundle/gemini.js',
    prepare: ({ home, folder }) => {
      write(path.join(home, '.gemini', 'settings.json'), `{\n  // mine\n  "security": {"auth": {"selectedType": "gemini-api-key"}},\n  ${JSON.stringify(quiet).slice(1, -1)}\n}\n`);
      write(path.join(home, '.gemini', 'trustedFolders.json'), { [folder]: 'TRUST_FOLDER' });
    },
    ...family, told: gemini,
    edit: (file, from, to) => ({ tool: 'replace', args: { file_path: file, old_string: from, new_string: to, instruction: 'change it' } }),
    sub: (prompt) => [{ tool: 'invoke_agent', args: { agent_name: 'generalist', prompt } }],
    subEnd: [{ tool: 'complete_task', args: { result: 'nothing more', response: 'nothing more' } }],
    mcp: ({ home }, args) => { const f = path.join(home, '.gemini', 'settings.json'); fs.writeFileSync(f, read(f).replace('// mine', `"mcpServers": ${JSON.stringify({ tiny: { command: program, args, trust: true } })},`)); },
    args: ['-m', 'gemini-2.5-flash', '--yolo', '-p', 'do it'],
    env: ({ port }) => ({ GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_NO_RELAUNCH: 'true' }),
  },
  qwen: {
    version: '0.24.4', package: '@qwen-code/qwen-code', bin: '.bin/qwen', endless: true,
    prepare: ({ home }) => write(path.join(home, '.qwen', 'settings.json'), { security: { auth: { selectedType: 'openai' } }, ...quiet }),
    ...family, told: chat,
    edit: (file, from, to) => ({ tool: 'edit', args: { file_path: file, old_string: from, new_string: to } }),
    sub: (prompt) => [{ tool: 'agent', args: { description: 'Look around', prompt, subagent_type: 'general-purpose', run_in_background: false } }],
    mcp: (at, args) => family.mcp(at, '.qwen', args),
    served: (tool, args) => ({ tool: `mcp__tiny__${tool}`, args }),
    args: ['-m', 'fake-model', '--yolo', '-p', 'do it'],
    env: ({ port }) => ({ OPENAI_API_KEY: 'dummy', OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_MODEL: 'fake-model' }),
  },
  opencode: {
    version: '1.18.33', package: 'opencode-ai', bin: `opencode-${platform}/bin/opencode`,
    prepare: () => {}, told: chat,
    ready: ({ folder, port }) => merge(path.join(folder, 'opencode.json'), { model: 'fake/fake-model', small_model: 'fake/fake-model', share: 'disabled', autoupdate: false, provider: { fake: { npm: '@ai-sdk/openai-compatible', name: 'fake', options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'dummy' }, models: { 'fake-model': { name: 'fake' } } } } }),
    call: (command) => ({ tool: 'bash', args: { command, description: 'try' } }),
    look: (file) => ({ tool: 'read', args: { filePath: file } }),
    edit: (file, from, to) => ({ tool: 'edit', args: { filePath: file, oldString: from, newString: to } }),
    sub: (prompt) => [{ tool: 'task', args: { description: 'Look around', prompt, subagent_type: 'general' } }],
    args: ['run', 'do it'],
    mcp: ({ folder }, args) => merge(path.join(folder, 'opencode.json'), { mcp: { tiny: { type: 'local', command: [program, ...args], enabled: true, timeout: 60_000 } } }),
    served: (tool, args) => ({ tool: `tiny_${tool}`, args }),
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', DO_NOT_TRACK: '1' }),
  },
  copilot: {
    version: '1.0.102', package: '@github/copilot', bin: `@github/copilot-${platform}/copilot`,
    prepare: () => {}, told: chat,
    call: (command) => ({ tool: 'bash', args: { command, description: 'try' } }),
    look: (file) => ({ tool: 'view', args: { path: file } }),
    edit: (file, from, to) => ({ tool: 'edit', args: { path: file, old_str: from, new_str: to } }),
    sub: (prompt) => [{ tool: 'task', args: { description: 'Look around', name: 'looker', prompt, agent_type: 'general-purpose', mode: 'sync' } }],
    args: ['--allow-all-tools', '-p', 'do it'],
    mcp: ({ home }, args) => write(path.join(home, '.copilot', 'mcp-config.json'), { mcpServers: { tiny: { type: 'local', command: program, args, tools: ['*'] } } }),
    served: (tool, args) => ({ tool: `tiny-${tool}`, args }),
    env: ({ port }) => ({ COPILOT_OFFLINE: 'true', COPILOT_AUTO_UPDATE: 'false', COPILOT_PROVIDER_TYPE: 'openai', COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`, COPILOT_PROVIDER_API_KEY: 'dummy', COPILOT_MODEL: 'gpt-5' }),
  },
  cline: {
    version: '3.0.65', package: 'cline', bin: '.bin/cline', aborts: true,
    prepare: () => {}, told: chat,
    ready: ({ run, port }) => run(['auth', 'openai', '--apikey', 'dummy', '--modelid', 'fake-model', '--baseurl', `http://127.0.0.1:${port}/v1`]),
    call: (command) => ({ tool: 'run_commands', args: { commands: [command] } }),
    look: (file) => ({ tool: 'read_files', args: { files: [{ path: file }] } }),
    edit: (file, from, to) => ({ tool: 'editor', args: { path: file, old_text: from, new_text: to } }),
    sub: (prompt) => [{ tool: 'spawn_agent', args: { systemPrompt: 'You look around.', task: prompt } }],
    args: ['--json', 'do it'],
    mcp: ({ home }, args) => write(path.join(home, '.cline', 'data', 'settings', 'cline_mcp_settings.json'), { mcpServers: { tiny: { command: program, args, disabled: false, autoApprove: [], timeout: 60 } } }),
    served: (tool, args) => ({ tool: `tiny__${tool}`, args }),
    env: () => ({ DO_NOT_TRACK: '1', CLINE_TELEMETRY_DISABLED: '1' }),
  },
};
const turns = (steps) => steps.map((step) => (step.text === undefined ? [{ name: step.tool, input: step.args }] : step.text));
for (const [name, client] of Object.entries(clients)) Object.assign(client, { name, file: path.join(store, `${name}-${client.version}`, 'node_modules', client.bin) });

/** Whether a client is there, after npm was asked for the exact version where it was not. */
export function installed(client, skip) {
  const folder = path.join(store, `${client.name}-${client.version}`);
  if (fs.existsSync(client.file)) return true;
  console.log(`installing ${client.name} ${client.version} into ${folder}`);
  write(path.join(folder, 'package.json'), '{"private":true}');
  // Claude Code fetches the program of this platform when it is installed.
  const scripts = client.name === 'claude-code' ? [] : ['--ignore-scripts'];
  const npm = spawnSync('npm', ['install', ...scripts, '--no-audit', '--no-fund', `${client.package}@${client.version}`], { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  if (npm.status === 0 && fs.existsSync(client.file)) return true;
  console.log(String(npm.stderr ?? npm.error).split('\n').slice(-5).join('\n'));
  skip(`${client.name} ${client.version}: npm could not install it`);
  return false;
}

/** One session: what the model was told, in each thread of it, and what the client said. */
export async function play(tested, client, at, label, script, { calls = 1, more = [] } = {}) {
  const run = path.join(at.home, `run-${label}`);
  const model = await tested.model(run, client.model ?? 'fake-model-openai-gemini.mjs', client.script?.(script) ?? script);
  const here = { ...at, port: model.port };
  const env = { ...tested.plain(at.home), ...client.env(here) };
  client.ready?.({ ...here, run: (args) => spawnSync(client.file, args, { cwd: at.folder, env, timeout: 90_000, encoding: 'utf8' }) });
  const heard = (thread = 'main') => client.told(model.heard().filter((r) => (r.thread ?? 'main') === thread));
  const args = typeof client.args === 'function' ? client.args(at) : client.args;
  const words = [...(at.within ?? []), ...(client.node ? [process.execPath, path.join(client.file, '../..', client.node)] : [client.file]), ...args, ...more];
  const child = tested.start(words[0], words.slice(1), { cwd: at.folder, env: { ...env, ...at.env } });
  const stop = setTimeout(() => child.end(), 150_000);
  // A client that does not end by itself is done when the model has heard of every call.
  if (client.endless) (async () => { while (tested.running(child)) { if (heard().length >= calls) { await new Promise((r) => setTimeout(r, 500)); child.end(); } await new Promise((r) => setTimeout(r, 200)); } })();
  await child.ended;
  clearTimeout(stop);
  model.end();
  await model.ended;
  return { told: heard(), toldSub: heard('SUBTASK'), said: child.text };
}

/** The words of a server behind the gateway, as they stand in a client's settings. */
export const gated = (tested, run) => ['mcp', '--server', tested.url, '--name', 'tiny', '--token-file', path.join(tested.scratch, 'token'), '--', process.execPath, path.join(here, 'tiny-mcp.mjs'), '--log', path.join(run, 'mcp.log')];
