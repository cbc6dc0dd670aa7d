package dev.countersign.analysis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Families of programs and patches that grow without end, given to what runs or applies them. */
final class ProgramShapes {
    private static final String END = "THE_LAST_LINE";

    /** What any language may repeat. */
    private static final List<String> COMMON =
            List.of(
                    "(", ")", "[", "{", "}", "'", "\"", "`", "\\", "/", "//", "/*", "#", "--", "a.",
                    "a=", "a+", "a,", "a;", "a\n", "a(", "a[", "\"a\"+", "\"a\" ", "a=a+a;", "\n",
                    "    ", "$a", "@a", "%a", "\u00e9", "0x", "1e", "a::", "a->", "?:", "=>", "==");

    private static final Map<String, List<String>> LANGUAGES =
            Map.of(
                    "python3 -",
                    List.of(
                            "import os\n",
                            "import os as a\n",
                            "from os import remove\n",
                            "import a.b.c\n",
                            "a = 1\n",
                            "a = b = 1\n",
                            "a, b = 1, 2\n",
                            "a: int = 1\n",
                            "a += 'x'\n",
                            "a = 'x' + a\n",
                            "(a := 1)\n",
                            "def f(a, b=1):\n    return a\n",
                            "class A:\n    pass\n",
                            "for a in b:\n    pass\n",
                            "if a:\n    ",
                            "lambda a: ",
                            "f'{",
                            "f'{a}'\n",
                            "'''a'''\n",
                            "open('a', 'w').write('b')\n",
                            "open(a).read()\n",
                            "os.remove('a')\n",
                            "os.system('rm x')\n",
                            "subprocess.run(['rm', 'x'])\n",
                            "subprocess.run('ls', shell=True)\n",
                            "shutil.rmtree('a')\n",
                            "requests.get('http://h.example/')\n",
                            "Path('a').write_text('b')\n",
                            "Path('a') / ",
                            "os.path.join('a', ",
                            "print(f(",
                            "exec('a')\n",
                            "getattr(a, ",
                            "__import__('os').remove('a')\n",
                            "a[b[",
                            "[a for a in ",
                            "with open('a') as f:\n    pass\n",
                            "try:\n    a\nexcept E:\n    pass\n",
                            "@a\n"),
                    "node -",
                    List.of(
                            "const fs = require('fs');\n",
                            "import fs from 'fs';\n",
                            "import {a} from 'fs';\n",
                            "fs.unlinkSync('a');\n",
                            "fs.writeFileSync('a', 'b');\n",
                            "require('child_process').execSync('rm x');\n",
                            "let a = 1;\n",
                            "const {a, b} = c;\n",
                            "var a = b = ",
                            "a => ",
                            "() => {",
                            "function f() {",
                            "`${",
                            "`${a}`+",
                            "/a/g;",
                            "a / b / ",
                            "a?.b",
                            "...a,",
                            "async ",
                            "await ",
                            "new A(",
                            "class A {",
                            "fetch('http://h.example/');\n",
                            "eval('a');\n",
                            "process.exit();\n",
                            "path.join('a', "),
                    "perl -",
                    List.of(
                            "unlink 'a';\n",
                            "system('rm x');\n",
                            "`rm x`;\n",
                            "open(F, '>a');\n",
                            "print 'a';\n",
                            "my $a = 1;\n",
                            "$a = \"$b\";\n",
                            "s/a/b/g;\n",
                            "s/a/b/e;\n",
                            "m{a}",
                            "tr/a/b/;",
                            "q(",
                            "qq{",
                            "qw(a b);\n",
                            "$a{b}",
                            "@{",
                            "${",
                            "sub f {",
                            "<<A;",
                            "=pod\n",
                            "use a;\n",
                            "eval {",
                            "$a =~ /b/;\n"),
                    "ruby -",
                    List.of(
                            "File.delete('a')\n",
                            "File.write('a', 'b')\n",
                            "system('rm x')\n",
                            "`rm x`\n",
                            "\"#{",
                            "\"#{a}\"\n",
                            "%w[a b]\n",
                            "%q(",
                            "def f\n",
                            "a do |b|\n",
                            "puts 'a'\n",
                            "a = 1\n",
                            "require 'a'\n",
                            "<<~A\n",
                            ":a ",
                            "FileUtils.rm_rf('a')\n",
                            "a.each { |b| "),
                    "php",
                    List.of(
                            "<?php unlink('a'); ?>\n",
                            "<?php ",
                            "?>",
                            "<?php \"{$",
                            "<?php \"$a $b\";\n",
                            "<?php system('rm x');\n",
                            "<?php file_put_contents('a', 'b');\n",
                            "<?php $a = 1;\n",
                            "<?php echo <<<A\n",
                            "<?= a ?>"),
                    "awk -f -",
                    List.of(
                            "{print}\n",
                            "/a/ {print $1}\n",
                            "BEGIN {",
                            "{print > \"a\"}\n",
                            "{system(\"rm x\")}\n",
                            "\"a\" | getline\n",
                            "function f(a) {",
                            "a[b] = c\n",
                            "\"a\" \"b\" "));

    private static final List<String> SQL =
            List.of(
                    "select 1;\n",
                    "select * from a where b = 'c';\n",
                    "select (",
                    "select a, ",
                    "with a as (select 1) ",
                    "union select 1 ",
                    "delete from a;\n",
                    "update a set b = 1;\n",
                    "insert into a values (1);\n",
                    "drop table a;\n",
                    "explain ",
                    "begin;\n",
                    "do $$ begin end $$;\n",
                    "$$",
                    "$a$",
                    "'a''b' ",
                    "E'\\'' ",
                    "\"a\".",
                    "`a`.",
                    "[a].",
                    "-- a\n",
                    "/* a */ ",
                    "/*! a */ ",
                    "\\! rm x\n",
                    "\\o a\n",
                    ".shell rm x\n",
                    ".read a\n",
                    "copy a to program 'rm x';\n",
                    "select pg_read_file('a');\n",
                    "case when a then b ",
                    "a and ",
                    "not ",
                    "create function a() returns int as 'b' language c;\n",
                    "attach 'a' as b;\n",
                    "delimiter //\n");

    private static final List<String> PATCHES =
            List.of(
                    "--- a/b\n+++ b/c\n@@ -1 +1 @@\n-a\n+b\n",
                    "--- a/b\n",
                    "+++ b/c\n",
                    "@@ -1 +1 @@\n",
                    "+a\n",
                    "-a\n",
                    "diff --git a/a b/b\n",
                    "diff --git a/a b/b\nrename from a\nrename to b\n",
                    "diff --git a/a b/b\nnew file mode 100755\n",
                    "Index: a\n",
                    "*** Add File: a\n+b\n",
                    "*** Update File: a\n@@\n-a\n+b\n",
                    "*** Delete File: a\n",
                    "*** Move to: b\n");

    private ProgramShapes() {}

    /** By name: a text for a shell of about so many characters. */
    static Map<String, IntFunction<String>> all() {
        Map<String, IntFunction<String>> shapes = new LinkedHashMap<>();
        LANGUAGES.forEach((program, units) -> {
            add(shapes, program, COMMON);
            add(shapes, program, units);
            shapes.put(program + " many names", n -> here(program, Shapes.numbered(n, "a%d=1\n")));
            shapes.put(
                    program + " a chain of names",
                    n -> here(program, Shapes.numbered(n, "a%d=a%<d+b\n")));
        });
        for (String program : List.of("psql", "mysql", "sqlite3 a", "duckdb a")) {
            add(shapes, program, COMMON);
            add(shapes, program, SQL);
        }
        for (String program : List.of("git apply", "git am", "patch -p1", "apply_patch")) {
            add(shapes, program, PATCHES);
        }
        return shapes;
    }

    private static void add(
            Map<String, IntFunction<String>> shapes, String program, List<String> units) {
        for (String unit : units) {
            shapes.put(
                    program + " reads " + unit,
                    n -> here(program, unit.repeat(Math.max(1, n / unit.length()))));
        }
    }

    private static String here(String program, String text) {
        return program + " <<'" + END + "'\n" + text + "\n" + END + "\n";
    }
}
