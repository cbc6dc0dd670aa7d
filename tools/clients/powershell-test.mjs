// The sender for PowerShell, run by a real one. See tools/verify.d/50-powershell.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { counting, read, stage, told } from './common.mjs';

const { check, end } = counting('powershell');
const tested = stage('powershell', 5);
let status = 200, answer = 'countersign 0\n', asked = '', delay = 0;
const server = http.createServer((request, response) => {
  let text = '';
  request.on('data', (d) => { text += d; }).on('end', () => {
    asked = `${request.headers.authorization} ${request.url} ${text}`;
    setTimeout(() => { response.statusCode = status; response.end(answer); }, delay);
  });
});
async function hook(command) {
  const child = spawn('sh', ['-c', command], { cwd: tested.scratch, env: tested.plain() });
  const said = { out: '', err: '' };
  child.stdout.on('data', (d) => { said.out += d; });
  child.stderr.on('data', (d) => { said.err += d; });
  child.stdin.on('error', () => {});
  child.stdin.end('{"tool_name":"Bash"}');
  said.code = await new Promise((r) => child.on('close', r));
  return said;
}
try {
  await tested.serve();
  const connect = tested.cli({}, 'connect', 'codex', '--powershell');
  check('connect wires it and its canary is refused', connect.status === 0 && connect.stdout.includes('refused as it should be'), told(connect));
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const hooks = JSON.parse(read(path.join(tested.scratch, '.codex', 'hooks.json'))).hooks;
  const command = hooks.PreToolUse[0].hooks[0].command.replaceAll(tested.url, `http://127.0.0.1:${server.address().port}`);
  let s = await hook(command);
  check('an allow is handed over', s.code === 0 && s.out === '' && s.err === '', JSON.stringify(s));
  check('with the token and what the client said', /^Bearer csa_\S+ \/hooks\/codex\/PreToolUse \{"tool_name":"Bash"\}$/.test(asked), asked);
  answer = 'countersign 0\n{"x":"\u00e9"}';
  s = await hook(command);
  check('an answer keeps every letter', s.code === 0 && s.out === '{"x":"\u00e9"}\n', JSON.stringify(s));
  answer = 'countersign 2\nnot today';
  s = await hook(command);
  check('a deny is handed over', s.code === 2 && s.err.trim() === 'not today', JSON.stringify(s));
  const refused = async (what, why, run = command) => {
    s = await hook(run);
    check(`${what} is refused`, s.code === 2 && s.out === '' && s.err.includes('could not judge') && s.err.includes(why), JSON.stringify(s));
  };
  for (const text of ['<html>sign in</html>', '{}', '', 'countersign 1', 'countersign 2']) {
    answer = text;
    await refused(`the answer \`${text}\``, 'none of ours');
  }
  answer = 'countersign 0\n';
  for (const [code, why] of [[302, 'status 302'], [401, 'refuses the token'], [500, 'status 500']]) {
    status = code;
    await refused(`status ${code}`, why);
  }
  status = 200;
  delay = 8_000;
  await refused('an answer that is late', 'did not answer within 3 seconds', command.replace("'3580'", "'3'"));
  delay = 0;
  await refused('a word that is no address', 'address of a server', command.replace(/'http[^']*'/, "'x'"));
  const script = /'([^']*countersign-hook\.ps1)'/.exec(command)[1];
  const token = script.replace('countersign-hook.ps1', 'codex.curl');
  fs.renameSync(token, `${token}.away`);
  await refused('a token that is gone', 'the file with its token');
  fs.renameSync(`${token}.away`, token);
  fs.renameSync(script, `${script}.away`);
  await refused('a sender that is gone', 'did not run');
  fs.writeFileSync(script, 'if (');
  await refused('a sender that is cut short', 'did not run');
  fs.renameSync(`${script}.away`, script);
  server.closeAllConnections();
  await new Promise((r) => server.close(r));
  await refused('no server', 'no server answers');
} catch (e) {
  check('the test could go on', false, e.stack);
} finally {
  server.close();
  tested.end();
}
end();
