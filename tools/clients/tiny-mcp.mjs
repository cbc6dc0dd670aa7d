#!/usr/bin/env node
// A tiny MCP server on standard input/output, for scripted sessions: tools "echo", "note", "fail" and "ask_user"
// (the last one asks the client's user a question through MCP elicitation and returns the answer).
// --log FILE: every tool call that really arrives is appended there, one name a line.
import readline from 'node:readline';
import fs from 'node:fs';
const log = process.argv.indexOf('--log') < 0 ? undefined : process.argv[process.argv.indexOf('--log') + 1];
const send = (o) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...o }) + '\n');
const text = (t, isError = false) => ({ content: [{ type: 'text', text: t }], isError });
const waiting = new Map();
let next = 1000;
const tools = [
  { name: 'echo', description: 'Repeat a message.', inputSchema: { type: 'object', properties: { message: { type: 'string' }, count: { type: 'integer' } }, required: ['message'] },
    annotations: { readOnlyHint: true } },
  { name: 'note', description: 'Write a note.', inputSchema: { type: 'object', properties: {} } },
  { name: 'fail', description: 'Always fails.', inputSchema: { type: 'object', properties: {} } },
  { name: 'ask_user', description: 'Ask the user a question.', inputSchema: { type: 'object', properties: {} } },
];
readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const m = JSON.parse(line);
  if (m.method === undefined) { waiting.get(m.id)?.(m); return; }
  if (m.id === undefined) return;
  const ok = (result) => send({ id: m.id, result });
  if (m.method === 'initialize') return ok({ protocolVersion: m.params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'tiny', version: '1.0.0' } });
  if (m.method === 'tools/list') return ok({ tools });
  if (m.method === 'ping') return ok({});
  if (m.method === 'tools/call') {
    if (log) fs.appendFileSync(log, m.params.name + '\n');
    if (m.params.name === 'echo') return ok(text('echo: ' + m.params.arguments.message));
    if (m.params.name === 'note') return ok(text('noted'));
    if (m.params.name === 'fail') return ok(text('it failed', true));
    const id = next++;
    const answer = new Promise((r) => waiting.set(id, r));
    send({ id, method: 'elicitation/create', params: { message: 'Which environment?', requestedSchema: { type: 'object', properties: { env: { type: 'string' } }, required: ['env'] } } });
    return ok(text(JSON.stringify((await answer).result ?? { error: true })));
  }
  send({ id: m.id, error: { code: -32601, message: 'method not found' } });
});
