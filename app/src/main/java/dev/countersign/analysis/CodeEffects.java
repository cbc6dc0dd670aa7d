package dev.countersign.analysis;

import dev.countersign.analysis.code.Effect;
import dev.countersign.analysis.code.Program;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.Resource;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a program text was found to do, as operations. */
final class CodeEffects {
    /**
     * Modules a Python may load on its own or for those that only compute. A file of one of these
     * names in the working directory takes the place of the real one.
     */
    private static final Set<String> PYTHON_MODULES =
            Set.of(
                    ("abc array ast atexit base64 binascii bisect builtins bz2 calendar cmath codecs"
                                    + " collections colorsys contextlib contextvars copy copyreg csv"
                                    + " ctypes dataclasses datetime decimal difflib dis email encodings"
                                    + " enum errno fcntl fnmatch fractions functools gc genericpath"
                                    + " getpass gettext glob grp gzip hashlib heapq hmac html http"
                                    + " importlib inspect io ipaddress itertools json keyword linecache"
                                    + " locale logging lzma marshal math mimetypes ntpath nturl2path"
                                    + " numbers opcode operator optparse os pathlib pickle pkgutil"
                                    + " platform posix posixpath pprint pwd pyexpat queue quopri random"
                                    + " re readline reprlib resource runpy secrets select selectors"
                                    + " shutil signal site sitecustomize socket socketserver sre_compile"
                                    + " sre_constants sre_parse ssl stat statistics string stringprep"
                                    + " struct subprocess symtable sys sysconfig tarfile tempfile"
                                    + " textwrap threading time token tokenize tomllib traceback types"
                                    + " typing unicodedata urllib usercustomize uu uuid warnings weakref"
                                    + " xml zipfile zipimport zlib _colorize _strptime _pydecimal"
                                    + " _pydatetime _compat_pickle _collections_abc _weakrefset _bisect"
                                    + " _heapq _json _csv _struct _random _sha2 _hashlib _datetime"
                                    + " _decimal _statistics _bz2 _lzma _socket _ssl _uuid _opcode"
                                    + " _posixsubprocess _zoneinfo zoneinfo annotationlib compression"
                                    + " __future__")
                            .split(" ", -1));

    /** Those that modules load which are run by their name. */
    private static final Set<String> LOADED_BY_MODULES =
            Set.of(
                    ("argparse asyncio bdb cmd code codeop compileall concurrent configparser"
                                    + " doctest ensurepip faulthandler getopt mmap multiprocessing"
                                    + " pdb plistlib py_compile pydoc runpy sched shlex sqlite3 timeit"
                                    + " trace tracemalloc tty unittest venv webbrowser")
                            .split(" ", -1));

    private final Judge judge;

    CodeEffects(Judge judge) {
        this.judge = judge;
    }

    /** Adds what a program does; {@code text} is where it stands, or null when nobody knows. */
    void add(Job job, Program program, @Nullable Span text) {
        for (Effect effect : program.effects()) {
            Job place = program.moves() ? job.in(null) : job;
            if (text != null) {
                int from = Math.min(text.from() + effect.at(), text.to());
                place = place.at(new Span(from, text.to()));
            }
            one(place, effect);
        }
    }

    private void one(Job job, Effect effect) {
        switch (effect) {
            case Effect.Open open ->
                    judge.file(
                            job,
                            open.write() ? Places.Touch.WRITE : Places.Touch.READ,
                            word(open.path(), job),
                            false);
            case Effect.Load load -> load(job, load);
            case Effect.Run run -> {
                List<Argument> words = new ArrayList<>();
                for (String value : run.words()) {
                    words.add(word(value, job));
                }
                judge.command(job.inner(words, job.words()));
            }
            case Effect.Shell shell -> {
                if (shell.text() == null || shell.text().indexOf(Program.FILES) >= 0) {
                    judge.opaque(job, "the text a shell runs is not constant");
                } else {
                    judge.nested(shell.text(), job, job.directory(), Shell.SH);
                }
            }
            case Effect.Fed fed ->
                    one(
                            job.with(new Invocation.Input.Inherited()),
                            new Effect.Shell(fed.text(), fed.at()));
            case Effect.Environment _ ->
                    judge.secret(job, "the program shows the environment", "environment");
        }
    }

    private static Argument word(@Nullable String value, Job job) {
        if (value != null && value.indexOf(Program.FILES) >= 0) {
            String pattern = value.replace(String.valueOf(Program.FILES), "");
            return new Argument(pattern, pattern, true, job.source());
        }
        String written = value == null ? "what the program computes" : value;
        return new Argument(value, written, false, job.source());
    }

    /** A file that is data by its name; under another name, or none, it would run. */
    private void load(Job job, Effect.Load load) {
        Argument word = word(load.path(), job);
        Paths.Place place = judge.call.paths.place(word, job.directory());
        String resolved = place.resolved();
        boolean data =
                resolved != null
                        && resolved.endsWith(load.suffix())
                        && switch (judge.call.facts.kind(resolved)) {
                            case FILE -> true;
                            case UNKNOWN -> false;
                            // Not there, and nothing that would be loaded in its place.
                            case MISSING ->
                                    judge.call.facts.kind(resolved + ".js") != Facts.Kind.FILE
                                            && judge.call.facts.kind(resolved + ".node")
                                                    != Facts.Kind.FILE;
                            case DIRECTORY -> false;
                        };
        if (data) {
            judge.file(job, Places.Touch.READ, word, false);
        } else {
            judge.code().scriptFile(job, word);
        }
    }

    /** Whether a file in the working directory may stand in for a module of Python itself. */
    boolean shadowsPython(Job job) {
        String folder = job.directory();
        if (folder == null) {
            return true;
        }
        Optional<List<String>> names = judge.call.facts.list(folder);
        if (names.isEmpty() && judge.call.facts.kind(folder) == Facts.Kind.DIRECTORY) {
            return true;
        }
        for (String name : names.orElse(List.of())) {
            if (shadows(folder, name, true)) {
                return true;
            }
        }
        for (Draft draft : judge.call.writes ? judge.call.drafts : List.<Draft>of()) {
            if (draft.action == Action.FILE_WRITE
                    && draft.resource instanceof Resource.Path path
                    && (path.written() == null
                            || path.whole()
                            || shadows(folder, Paths.name(path.written()), false)
                            || shadows(folder, parent(path.written()), false))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the call writes what Python finds in the working directory for a module it runs. */
    boolean writesModule(Job job, String module) {
        String folder = job.directory();
        if (!judge.call.writes) {
            return false;
        }
        if (folder == null) {
            return true;
        }
        int dot = module.indexOf('.');
        String own = dot < 0 ? module : module.substring(0, dot);
        for (Draft draft : judge.call.drafts) {
            String path = draft.resource instanceof Resource.Path to ? to.written() : null;
            if (draft.action != Action.FILE_WRITE || path == null) {
                continue;
            }
            String in = path.startsWith(folder + "/") ? path.substring(folder.length() + 1) : "";
            int slash = in.indexOf('/');
            String first = slash < 0 ? in : in.substring(0, slash);
            int end = first.indexOf('.');
            String stem = end < 0 ? first : first.substring(0, end);
            boolean stands = stem.equals(own) || LOADED_BY_MODULES.contains(stem);
            if (!in.isEmpty() && (stands || shadows(folder, first, false))) {
                return true;
            }
        }
        return false;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "" : Paths.name(path.substring(0, slash));
    }

    private boolean shadows(String folder, String name, boolean listed) {
        int dot = name.indexOf('.');
        String module = dot < 0 ? name : name.substring(0, dot);
        if (!PYTHON_MODULES.contains(module)) {
            return false;
        }
        if (dot >= 0) {
            return name.endsWith(".py")
                    || name.endsWith(".pyc")
                    || name.endsWith(".so")
                    || name.endsWith(".pyd");
        }
        return !listed
                || switch (judge.call.facts.kind(folder + "/" + name)) {
                    case FILE, MISSING -> false;
                    case UNKNOWN -> true;
                    case DIRECTORY ->
                            judge.call
                                    .facts
                                    .list(folder + "/" + name)
                                    .map(inside ->
                                            inside.stream()
                                                    .anyMatch(f -> f.startsWith("__init__.")))
                                    .orElse(true);
                };
    }
}
