// Whether the sender for PowerShell is a program at all, read by a grammar of PowerShell where none can be had to run it:
// no error in it, no command and no variable that nobody defines, and nine ways to break it are found. It says nothing
// of what the program does.   node powershell-grammar.mjs FOLDER-OF-THE-GRAMMAR
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const need = createRequire(path.join(path.resolve(process.argv[2]), 'package.json'));
const { Parser, Language } = await import(pathToFileURL(need.resolve('web-tree-sitter')));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(path.join(path.dirname(need.resolve('tree-sitter-powershell/package.json')), 'tree-sitter-powershell.wasm')));

// Of Windows PowerShell 5.1 and later.
const cmdlets = ['new-object', 'convertto-json', 'add-type', 'get-location'];
const automatic = ['$null', '$true', '$false', '$erroractionpreference', '$progresspreference'];

function problems(text) {
  const found = [], commands = [], functions = [], variables = [], assigned = new Set();
  const lower = (node) => node.text.toLowerCase();
  (function walk(node, sets) {
    const setting = sets || node.type === 'left_assignment_expression' || node.type === 'script_parameter';
    if (node.isError || node.isMissing) found.push(`${node.startPosition.row + 1}:${node.startPosition.column + 1}: this is no PowerShell`);
    if (node.type === 'command_name') commands.push(node);
    if (node.type === 'function_name') functions.push(lower(node));
    if (node.type === 'variable') variables.push(node);
    if (node.type === 'variable' && setting) assigned.add(lower(node));
    for (const child of node.children) walk(child, setting);
  })(parser.parse(text).rootNode, false);
  for (const one of commands) if (![...functions, ...cmdlets].includes(lower(one))) found.push(`${one.startPosition.row + 1}: nobody defines the command ${one.text}`);
  for (const one of variables) {
    const name = lower(one).replace(/^\$\{(.*)\}$/, '$$$1');
    if (!assigned.has(name) && !automatic.includes(name)) found.push(`${one.startPosition.row + 1}: nobody sets ${one.text}`);
  }
  return found;
}

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../app/src/main/resources/dev/countersign/agent/countersign-hook.ps1');
const sender = fs.readFileSync(file, 'utf8');
let passed = 0, failed = 0;
const check = (what, good, details = '') => {
  if (good) passed++; else { failed++; console.log(`  FAILED  ${what}\n          ${details}`); }
};
check('the sender is PowerShell', problems(sender).length === 0, problems(sender).join('\n          '));
for (const [from, to] of [
  ['function Refuse([string] $Why) {', 'function Refuse([string] $Why)'],
  ["Refuse 'its sender failed'\n}", "Refuse 'its sender failed'\n"],
  ['"countersign 0`n") { Leave 0 }', '"countersign 0`n) { Leave 0 }'],
  ['@{ cancel = $true;', '@{ cancel = $true'],
  ['} catch {\n  Refuse', '} catch\n  Refuse'],
  ['function Remaining', 'function Remainder'],
  ['$sending.Wait((Remaining))', '$sendin.Wait((Remaining))'],
  ['ConvertTo-Json', 'ConvertTo-Jason'],
  ['$limit = [int]', '$limits = [int]'],
]) {
  check(`broken by ${JSON.stringify(to)}`, sender.includes(from) && problems(sender.replace(from, to)).length > 0, 'it was not found');
}
console.log(`powershell grammar: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
