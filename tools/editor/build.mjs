// Writes the one file that the pages load. What of it is other people's work is MIT; the licence
// goes with it.
import { build } from "esbuild";
import { readFileSync } from "node:fs";

const licence = readFileSync("node_modules/@codemirror/view/LICENSE", "utf8").trim();
await build({
  entryPoints: ["editor.mjs"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",
  outfile: "../../app/src/main/resources/dev/countersign/web/editor.js",
  banner: { js: "/* Built by tools/editor. Holds CodeMirror and Lezer:\n" + licence + "\n*/" },
});
