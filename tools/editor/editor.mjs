// Makes of a text area an editor of policies. The text area stays what the form sends.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { keys, place, values } from "./schema.mjs";

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--paper-raised)", color: "var(--ink)", fontSize: "13.5px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "280px", maxHeight: "62vh" },
  ".cm-gutters": { backgroundColor: "var(--paper-sunk)", color: "var(--ink-soft)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--paper-current)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--paper-new) !important" },
  ".cm-tooltip": { backgroundColor: "var(--paper-raised)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px", boxShadow: "0 6px 24px rgb(0 0 0 / 0.18)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--button)", color: "var(--button-ink)" },
  ".cm-completionInfo": { padding: "8px 12px", maxWidth: "320px", fontFamily: "var(--sans)" },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--sans)", fontSize: "13px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--deny)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--ask)" },
  // The library's own are pictures in its style, which the content security policy does not load.
  ".cm-lintRange": { backgroundImage: "none" },
  ".cm-lintRange-error, .cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--deny)", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--ask)" },
  ".cm-lint-marker": { width: "8px", height: "8px", margin: "6px 2px 0" },
  ".cm-lint-marker-error": { content: "normal", backgroundColor: "var(--deny)", borderRadius: "1px" },
  ".cm-lint-marker-warning": { content: "normal", backgroundColor: "var(--ask)", borderRadius: "50% 50% 1px 1px" },
});
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.labelName, tags.typeName], color: "var(--ask)" },
]);

/** Where a line and a column of the server are in the text; never beyond it. */
function span(doc, line, column) {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const from = Math.min(at.from + Math.max(0, column - 1), at.to);
  const rest = /^[^\s,:}\]]+/.exec(doc.sliceString(from, at.to));
  return { from, to: rest ? from + rest[0].length : Math.min(from + 1, at.to) };
}

function diagnostics(doc, list) {
  return [...list.querySelectorAll("[data-line]")].map((each) => ({
    ...span(doc, Number(each.dataset.line), Number(each.dataset.column)),
    severity: each.dataset.error === "yes" ? "error" : "warning",
    message: each.querySelector(".text").textContent,
  }));
}

function completions(schema, names) {
  return async (context) => {
    const root = await schema;
    if (!root) return null;
    const doc = context.state.doc;
    const line = doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const lines = doc.toString().split("\n");
    const head = /^( *)((?:- +)*)([\w-]*)$/.exec(before);
    const value = /^( *)((?:- +)*)([A-Za-z_][\w-]*) *: +\[?(?:[^,{}]*, *)?([\w-]*)$/.exec(before);
    const dashes = (text) => Array(text.split("-").length - 1).fill("-");
    if (value) {
      const path = [...place(lines, line.number - 1, value[1].length), ...dashes(value[2]), value[3]];
      const found = [...new Set([...values(root, path), ...values(root, [...path, "-"])])];
      if (/^(use|profile)$/.test(value[3])) found.push(...names);
      return options(context, value[4], found.map((label) => ({ label, type: "enum" })));
    }
    if (head) {
      const path = [...place(lines, line.number - 1, head[1].length), ...dashes(head[2])];
      const found = keys(root, path).map(({ name, about }) =>
        ({ label: name, apply: name + ": ", type: "property", info: about || undefined }));
      if (path.at(-1) === "-") {
        const said = values(root, path);
        const named = path.at(-2) === "rules" || path.at(-2) === "use" ? names : [];
        found.push(...[...new Set([...said, ...named])].map((label) => ({ label, type: "enum" })));
      }
      return options(context, head[3], found);
    }
    return null;
  };
}

function options(context, typed, found) {
  if (found.length === 0 || (!typed && !context.explicit)) return null;
  return { from: context.pos - typed.length, options: found, validFor: /^[\w-]*$/ };
}

/** What CodeMirror says by itself, in the language of the page. */
function phrases() {
  const texts = JSON.parse(document.body.dataset.texts ?? "{}");
  const say = (key) => texts[key] ?? key;
  return {
    Completions: say("completions"),
    Diagnostics: say("diagnostics"),
    "No diagnostics": say("no-diagnostics"),
    close: say("close"),
  };
}

function edit(area) {
  const form = area.form;
  const host = document.createElement("div");
  host.className = "editor";
  area.after(host);
  // What it styles itself with is not the page's: the content security policy stays as it is.
  const root = host.attachShadow({ mode: "open" });
  const schema = fetch("/schemas/policy.json").then((r) => (r.ok ? r.json() : null), () => null);
  const names = (area.dataset.names ?? "").split(" ").filter(Boolean);
  const list = () => document.getElementById("problems");
  const checked = async (view) => {
    const sent = view.state.doc;
    area.value = sent.toString();
    if (area.value === area.defaultValue && !area.dataset.touched) return diagnostics(sent, list());
    area.dataset.touched = "yes";
    const fields = new URLSearchParams(new FormData(form));
    fields.set("answer", "lint");
    try {
      const answer = await fetch(area.dataset.check, { method: "POST", body: fields });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("problems");
      if (!fresh || view.state.doc !== sent) return diagnostics(view.state.doc, list());
      list().replaceWith(document.adoptNode(fresh));
    } catch {
      // Without an answer what was said last stays.
    }
    return diagnostics(view.state.doc, list());
  };
  const readOnly = area.readOnly;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), drawSelection(), history(),
        indentOnInput(), indentUnit.of("  "), closeBrackets(), yaml(), syntaxHighlighting(colours),
        theme, EditorView.lineWrapping, EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly),
        EditorState.phrases.of(phrases()),
        EditorView.contentAttributes.of({ "aria-label": area.labels[0]?.textContent ?? "", "aria-describedby": "editor-keys" }),
        ...(readOnly ? [] : [
          lintGutter(), linter(checked, { delay: 500 }),
          autocompletion({ override: [completions(schema, names)] }),
        ]),
        // Tab leaves the editor: who has only a keyboard is not caught in it.
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }),
      ],
    }),
  });
  area.hidden = true;
  form.addEventListener("submit", () => { area.value = view.state.doc.toString(); });
  document.querySelector(`label[for="${area.id}"]`)?.addEventListener("click", () => view.focus());
  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("#problems [data-line] a");
    if (!at) return;
    event.preventDefault();
    const { line, column } = at.closest("[data-line]").dataset;
    const { from } = span(view.state.doc, Number(line), Number(column));
    view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    view.focus();
  });
  if (!readOnly) forceLinting(view);
  host.dataset.ready = "yes";
}

document.querySelectorAll("textarea[data-editor]").forEach(edit);
