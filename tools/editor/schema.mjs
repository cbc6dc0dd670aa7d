// What may stand at a place of a policy, from its JSON Schema.

/** The keys that lead to a line, from the outside in; "-" stands for an item of a list. */
export function place(lines, line, indent) {
  const path = [];
  let within = indent;
  for (let i = line - 1; i >= 0 && within > 0; i--) {
    const found = /^( *)((?:- +)*)([A-Za-z_][\w-]*) *:(?=\s|$)/.exec(lines[i]);
    const item = /^( *)-(?: |$)/.exec(lines[i]);
    if (!found && !item) continue;
    const start = (found ?? item)[1].length;
    const key = start + (found ? found[2].length : 0);
    if (found && key < within) {
      path.unshift(found[3]);
      within = key;
      if (found[2] && start < within) {
        path.unshift(...Array(found[2].split("-").length - 1).fill("-"));
        within = start;
      }
    } else if (item && start < within) {
      path.unshift("-");
      within = start;
    }
  }
  return path;
}

function resolve(root, node) {
  for (let i = 0; node && node.$ref && i < 20; i++) {
    node = node.$ref.slice(2).split("/").reduce((at, key) => at?.[key], root);
  }
  return node;
}

/** Every schema that speaks about a node. */
function all(root, node, depth = 0) {
  node = resolve(root, node);
  if (!node || typeof node !== "object" || depth > 12) return [];
  return [node, ...["anyOf", "oneOf", "allOf"].flatMap(
    (kind) => (node[kind] ?? []).flatMap((each) => all(root, each, depth + 1)))];
}

function step(root, nodes, key) {
  return nodes.flatMap((node) => {
    const next = [];
    if (key === "-") {
      if (node.items) next.push(node.items);
    } else {
      if (node.properties?.[key]) next.push(node.properties[key]);
      else if (typeof node.additionalProperties === "object") next.push(node.additionalProperties);
      for (const [pattern, of] of Object.entries(node.patternProperties ?? {})) {
        if (new RegExp(pattern).test(key)) next.push(of);
      }
    }
    return next.flatMap((each) => all(root, each));
  });
}

function walk(root, path) {
  return path.reduce((nodes, key) => step(root, nodes, key), all(root, root));
}

/** The keys that may stand there, each with what it is for. */
export function keys(root, path) {
  const found = new Map();
  for (const node of walk(root, path)) {
    for (const [name, of] of Object.entries(node.properties ?? {})) {
      if (of === false || found.has(name)) continue;
      const about = all(root, of).find((each) => each.description);
      found.set(name, { name, about: about?.description ?? "" });
    }
    const names = resolve(root, node.propertyNames);
    for (const name of names?.enum ?? []) if (!found.has(name)) found.set(name, { name, about: "" });
  }
  return [...found.values()];
}

/** The values that may stand there. */
export function values(root, path) {
  const found = new Set();
  for (const node of walk(root, path)) {
    for (const value of node.enum ?? []) found.add(String(value));
    if (node.const !== undefined) found.add(String(node.const));
    if (node.type === "boolean") { found.add("true"); found.add("false"); }
  }
  return [...found];
}
