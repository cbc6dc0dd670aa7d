// Asks Countersign before every tool call; made by `countersign connect opencode`.
//
// Whatever goes wrong throws, and opencode runs no call whose hook throws. Nothing here throws while it is loaded:
// opencode would go on without it.
import { readFileSync } from 'node:fs';

const server = '@SERVER@';
const config = '@CONFIG@';
const patience = @SECONDS@ * 1000;
const sessions = new Map();

const failed = (why) =>
  new Error(`Countersign could not judge this: ${why}. The call was not run; this is not a policy decision.`);

function token() {
  let text = '';
  try {
    text = readFileSync(config, 'utf8');
  } catch {
    // Said below.
  }
  const found = /Authorization: Bearer ([^"\s]+)/.exec(text);
  if (!found) throw failed('the file with its token cannot be read; run: countersign connect opencode');
  return found[1];
}

async function post(event, body, wait) {
  const authorization = `Bearer ${token()}`;
  let response;
  try {
    response = await fetch(`${server}/hooks/opencode/${event}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, 'X-Countersign-Client-Process': `${process.pid}` },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(wait),
    });
  } catch (e) {
    throw failed(
      e?.name === 'TimeoutError'
        ? `${server} did not answer within ${wait / 1000} seconds`
        : `no server answers at ${server}; a person can start it with: countersign serve`,
    );
  }
  if (response.status === 401 || response.status === 403)
    throw failed('the server refuses the token of this wiring; run: countersign connect opencode');
  if (response.status !== 200) throw failed(`the server answered with status ${response.status}`);
  try {
    return await response.json();
  } catch {
    throw failed(`the answer of ${server} is none of ours`);
  }
}

const told = (event, body) => post(event, body, 5000).catch(() => undefined);

/** The session a subagent works for, and what it is called. */
function whose(id) {
  let root = id;
  for (let step = 0; step < 20 && sessions.get(root)?.parent; step++) root = sessions.get(root).parent;
  return { session: root, agent: root === id ? undefined : (sessions.get(id)?.agent ?? 'subagent') };
}

export const Countersign = async ({ directory }) => ({
  event: async ({ event }) => {
    if (event?.type !== 'session.created') return;
    const info = event.properties?.info ?? {};
    sessions.set(info.id, { parent: info.parentID, agent: info.agent });
    if (!info.parentID) await told('session.created', { session: info.id, directory });
  },
  'tool.execute.before': async (input, output) => {
    const answer = await post('tool.execute.before', { input, args: output.args, directory, ...whose(input.sessionID) }, patience);
    if (answer?.allow !== true)
      throw typeof answer?.deny === 'string' ? new Error(answer.deny) : failed(`the answer of ${server} is none of ours`);
    if (answer.args) {
      // Another object in its place would be ignored.
      for (const name of Object.keys(output.args)) delete output.args[name];
      Object.assign(output.args, answer.args);
    }
  },
  'tool.execute.after': async (input, output) => {
    const text = typeof output?.output === 'string' ? output.output.slice(0, 4000) : '';
    await told('tool.execute.after', { input: { tool: input.tool, callID: input.callID }, output: text, directory, ...whose(input.sessionID) });
  },
});
