package dev.countersign.analysis;

import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words of single programs that do more than the words of their family: the prompt for the next
 * volume, names of files that come from a list, a table that holds passwords. What they do counts
 * beside what the command is judged to do.
 */
final class OddWords {
    /** Tables of databases that hold the passwords of their users. */
    private static final Pattern USERS =
            Pattern.compile(
                    "(?i)(?<![a-z0-9_])(pg_shadow|pg_authid|pg_user_mappings?|mysql\\.user|mysql`?\\.`user)(?![a-z0-9_])");

    /** Where kustomize finds a base on another machine: {@code host.tld/x}, {@code git@host:x}. */
    private static final Pattern REMOTE_BASE =
            Pattern.compile("[^./][^/]*\\.[^/]*/.+|[^/]*@[^/]*:.*|.*::.*");

    private static final Pattern FILE_OF_RULES =
            Pattern.compile("(?:\\.|merge|dir-merge|:)[,!/a-zA-Z-]*[ _](.+)");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    // Options and words of the programs below.
    private static final Pattern NEXT_VOLUME =
            Pattern.compile("-[A-Za-z]*[ML].*|--multi-volume|--tape-length.*|-L.*");
    private static final Pattern OLD_NEXT_VOLUME = Pattern.compile("[A-Za-z]*[ML][A-Za-z]*");
    private static final Pattern VERSION_FIRST = Pattern.compile("-v");
    private static final Pattern STANDARD_INPUT = Pattern.compile("-");
    private static final Pattern PROGRAM_OF_YQ =
            Pattern.compile("--from-file.*|--split-exp-file.*|-L.*");
    private static final Pattern SEARCH = Pattern.compile("run|scan|new|test|lsp");
    private static final Pattern SEARCH_ALONE = Pattern.compile("run|scan|new|test");
    private static final Pattern NAMES_OF_FILES = Pattern.compile("--files0?");
    private static final Pattern IN_TEMPORARY = Pattern.compile("--tmpdir|-t");
    private static final Pattern ELSEWHERE = Pattern.compile("-u|--dry-run|-p.*");
    private static final Pattern LISTS = Pattern.compile("-l|--list");
    private static final Pattern OFFLINE = Pattern.compile("--offline");
    private static final Pattern IN_PLACE = Pattern.compile("-[a-z]*i[a-z]*|--in-place");

    /** Targets of a build that start the program, or reach a device. */
    private static final Set<String> RUNNING =
            Set.of("run", "exec", "start", "serve", "burn", "program", "monitor", "load", "dfu");

    /** What rustup answers by the toolchain that is in force. */
    private static final Set<String> ASKS_TOOLCHAIN =
            Set.of("show", "which", "component", "target", "doc", "man");

    private static final Pattern EMBEDS =
            Pattern.compile(
                    "--(emb|sel).*|.*\\.(epub|pdf|docx|odt|pptx|fb2)|(-t|--to=|-w|--write=)?(epub|pdf|docx|odt|pptx|fb2|s5|slidy|revealjs)[0-9]?");
    private static final Pattern SETTING =
            Pattern.compile("(?:-[a-zA-Z]*[MV]|--(?:met|va)[a-z]*=)(.+)", Pattern.DOTALL);
    private static final Set<String> SERVES_OR_RUNS = Set.of("lua", "server");
    private static final Pattern START_OF_VALUE = Pattern.compile("[=:]");
    private static final Pattern SETS = Pattern.compile("-[a-zA-Z]*[MV]|--(?:met|va)[a-z]*");

    /** Programs that wait for a person when they are given no word. */
    private static final Set<String> INTERACTIVE_ALONE = Set.of("mc", "openssl");

    private final Judge judge;

    OddWords(Judge judge) {
        this.judge = judge;
    }

    void add(Job job, String name) {
        List<String> words = job.constants();
        if (words.size() <= 1 && job.arguments().isEmpty() && INTERACTIVE_ALONE.contains(name)) {
            medium(job, "waits for a person");
        }
        switch (name) {
            case "tar", "bsdtar", "gtar" -> {
                String first = String.valueOf(job.argument(0));
                if (any(job, NEXT_VOLUME) || OLD_NEXT_VOLUME.matcher(first).matches()) {
                    medium(job, "asks for the next volume, where a `!` runs a command");
                }
            }
            case "mount", "parted" -> lists(job);
            case "lua", "luajit", "ruby", "php" -> {
                if (any(job, VERSION_FIRST) && any(job, STANDARD_INPUT)) {
                    judge.opaque(job, "`" + name + "` runs what it is fed");
                }
            }
            case "ansible-lint" -> requirements(job);
            case "rustup" -> toolchain(job);
            case "pandoc" -> {
                media(job);
                namedInText(job);
            }
            case "go" -> modules(job);
            case "wait" -> variable(job);
            case "yq" -> {
                if (any(job, PROGRAM_OF_YQ)) {
                    medium(job, "takes its program from a file, or changes its files");
                }
            }
            case "rsync" -> rules(job);
            case "sg" -> {
                boolean plain = words.stream().noneMatch(word -> word.startsWith("-"));
                if (plain && any(job, words.size() > 1 ? SEARCH : SEARCH_ALONE)) {
                    medium(job, "runs a command with another group, or searches");
                }
            }
            case "sox", "play", "rec", "unrar" ->
                    prefixed(job, "@").forEach(word -> judge.role(job, "list", word));
            case "zstd", "zstdcat", "unzstd" ->
                    prefixed(job, "--filelist=").forEach(word -> judge.role(job, "list", word));
            case "xz", "xzcat", "unxz", "lzma", "lzcat", "unlzma" -> {
                if (any(job, NAMES_OF_FILES)) {
                    judge.opaque(job, "the names of the files come from its input");
                }
            }
            case "mktemp" -> {
                boolean bare = any(job, IN_TEMPORARY);
                if (bare && !any(job, ELSEWHERE)) {
                    judge.file(job, Places.Touch.WRITE, Argument.of("/tmp/made"), false);
                }
            }
            case "psql", "mysql", "mariadb" -> {
                for (String word : words) {
                    if (word.length() < 10_000 && USERS.matcher(word).find()) {
                        judge.secret(job, "shows the passwords of a database's users", name);
                        return;
                    }
                }
            }
            case "kubectl", "oc", "kustomize" -> cluster(job, name);
            case "sops" -> inPlace(job);
            case "ninja", "cmake", "meson" -> {
                boolean builds = !name.equals("meson") || "compile".equals(job.argument(0));
                if (builds && words.stream().anyMatch(RUNNING::contains)) {
                    medium(job, "runs what it has built, or works on a device");
                }
            }
            case "mix" -> {
                production(job, "MIX_ENV", "ecto");
                production(job, "MIX_ENV", "test");
            }
            default -> {}
        }
    }

    /** Words beside {@code -l}, which only lists when it stands alone or with a type. */
    private void lists(Job job) {
        if (!any(job, LISTS)) {
            return;
        }
        boolean value = false;
        for (Argument word : job.arguments()) {
            String text = String.valueOf(word.value());
            if (!text.startsWith("-") && !value) {
                judge.shell(job, RiskTier.HIGH, "changes the machine");
                return;
            }
            value = text.equals("-t") || text.equals("-O");
        }
    }

    /** Roles and collections that a check installs first when the project asks for them. */
    private void requirements(Job job) {
        if (any(job, OFFLINE) || job.directory() == null) {
            return;
        }
        for (String file :
                List.of(
                        "requirements.yml",
                        "roles/requirements.yml",
                        "collections/requirements.yml")) {
            if (judge.call.facts.text(job.directory() + "/" + file).isPresent()) {
                judge.shell(job, RiskTier.HIGH, "installs what `" + file + "` names")
                        .tag("package-install", "network");
                return;
            }
        }
    }

    /** What asks for the toolchain of a project has it installed first when it is missing. */
    private void toolchain(Job job) {
        String first = job.argument(0);
        if (first == null || !ASKS_TOOLCHAIN.contains(first)) {
            return;
        }
        for (String folder : folders(job)) {
            for (String file : List.of("rust-toolchain.toml", "rust-toolchain")) {
                if (judge.call.facts.kind(folder + "/" + file) == Facts.Kind.FILE) {
                    judge.shell(job, RiskTier.HIGH, "may install what `" + file + "` names")
                            .tag("package-install", "network");
                    return;
                }
            }
        }
    }

    /** The working directory and the folder of the project. */
    private Set<String> folders(Job job) {
        Set<String> folders = new LinkedHashSet<>();
        folders.add(judge.call.paths.workspace());
        if (job.directory() != null) {
            folders.add(job.directory());
        }
        return folders;
    }

    /**
     * Style sheets and pictures that settings of pandoc name, and that it puts into what it makes.
     */
    private static final Pattern MODULES_CHANGE = Pattern.compile("--?mod(=mod)?");

    private static final Pattern REMOTE_PACKAGE = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)+/.+");

    /** {@code go test -mod=mod host.tld/x} fetches that module, and runs what it holds. */
    private void modules(Job job) {
        List<String> words = job.constants();
        boolean changes = false;
        for (int i = 0; i < words.size(); i++) {
            boolean apart = words.get(i).matches("--?mod") && i + 1 < words.size();
            changes |=
                    MODULES_CHANGE.matcher(words.get(i)).matches()
                            && (!apart || words.get(i + 1).equals("mod"));
        }
        if (!changes) {
            return;
        }
        String own =
                judge.call
                        .facts
                        .text(job.directory() + "/go.mod")
                        .orElse("")
                        .lines()
                        .filter(line -> line.startsWith("module "))
                        .map(line -> line.substring(7).strip())
                        .findFirst()
                        .orElse("/");
        for (String word : words) {
            boolean mine = word.equals(own) || word.startsWith(own + "/");
            if (REMOTE_PACKAGE.matcher(word).matches() && !mine) {
                judge.shell(
                                job,
                                RiskTier.HIGH,
                                "fetches and runs the module `" + Judge.cut(word) + "`")
                        .tag("network", "package-install");
            }
        }
    }

    /** What a text has put into it: a file from elsewhere, or an address. */
    private static final Pattern BROUGHT_IN =
            Pattern.compile(
                    "(?is).*(\\]\\(|\\]:\\s|src\\s*=|::|include:?|input|graphics|file:)[^\\n]{0,80}?[\"'<{( ]?(/|~|\\.\\./|[a-z]+://).*");

    private static final Pattern INCLUDES =
            Pattern.compile("(-f|-r|--from=|--read=)?(rst|org|latex|tex).*|.*\\.(rst|org|tex)");

    /** Formats that include files, or take in what a text shows, open whatever the text names. */
    private void namedInText(Job job) {
        boolean opens = false;
        for (String word : job.constants()) {
            if (word.equals("--sandbox")) {
                return;
            }
            opens |= EMBEDS.matcher(word).matches() || INCLUDES.matcher(word).matches();
        }
        if (!opens) {
            return;
        }
        boolean any = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null) {
                any = true;
                continue;
            }
            Paths.Place place = judge.call.paths.place(word, job.directory());
            String path = place.written();
            if (value.startsWith("-") || path == null || EMBEDS.matcher(value).matches()) {
                continue;
            }
            boolean file = judge.call.facts.kind(path) == Facts.Kind.FILE;
            List<String> texts = new ArrayList<>(judge.call.written(place));
            judge.call.facts.text(path).ifPresent(texts::add);
            any |= judge.call.isUnread(place) || (file && texts.isEmpty()) || word.glob();
            any |= texts.stream().anyMatch(text -> BROUGHT_IN.matcher(text).matches());
        }
        if (any || job.input() instanceof Invocation.Input.Pipe) {
            medium(job, "opens what the text names");
        }
    }

    private void media(Job job) {
        List<Argument> words = job.arguments();
        if (SERVES_OR_RUNS.contains(String.valueOf(job.argument(0)))) {
            medium(job, "runs a script, or serves");
        }
        boolean embeds = false;
        List<String> settings = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value == null) {
                continue;
            }
            embeds |= EMBEDS.matcher(value).matches();
            Matcher setting = SETTING.matcher(value);
            if (setting.matches()) {
                settings.add(setting.group(1));
            } else if (SETS.matcher(value).matches() && i + 1 < words.size()) {
                settings.add(String.valueOf(words.get(i + 1).value()));
            }
        }
        for (String setting : settings) {
            int sign = setting.indexOf("://");
            if (embeds && sign > 0) {
                String address =
                        setting.substring(START_OF_VALUE.split(setting, 2)[0].length() + 1);
                judge.net().connection(job, judge.call.network.target(address), false);
            }
        }
    }

    private void medium(Job job, String summary) {
        judge.shell(job, RiskTier.MEDIUM, "`" + job.shown() + "` " + summary);
    }

    /** Whether a word, in the order of the call and before any {@code --}, fits. */
    private static boolean any(Job job, Pattern wanted) {
        for (Argument word : job.arguments()) {
            String value = word.value();
            if ("--".equals(value)) {
                return false;
            }
            if (value != null && value.length() < 1000 && wanted.matcher(value).matches()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The rest of each word behind a prefix, or the word that follows one that ends in {@code =}.
     */
    private static List<Argument> prefixed(Job job, String prefix) {
        List<Argument> found = new ArrayList<>();
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value != null && value.length() > prefix.length() && value.startsWith(prefix)) {
                found.add(
                        new Argument(
                                value.substring(prefix.length()),
                                word.written(),
                                word.glob(),
                                word.source()));
            }
        }
        return found;
    }

    /** {@code wait -fp NAME}: a subscript in the name is computed, and may hold a command. */
    private void variable(Job job) {
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            int at = value == null || !value.startsWith("-") ? -1 : value.indexOf('p');
            if (value == null || at < 0) {
                continue;
            }
            String name =
                    at + 1 < value.length()
                            ? value.substring(at + 1)
                            : i + 1 < words.size() ? words.get(i + 1).value() : "x";
            if (name == null || !NAME.matcher(name).matches()) {
                judge.opaque(job, "`wait` computes the subscript of a variable");
            }
        }
    }

    /** Rules and batches of rsync that a file holds. */
    private void rules(Job job) {
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            String value = String.valueOf(words.get(i).value());
            if (value.startsWith("--read-batch")) {
                medium(job, "writes and deletes what a file says");
            }
            Argument rule = null;
            if (value.startsWith("--filter=")) {
                rule = Argument.of(value.substring("--filter=".length()));
            } else if ((value.equals("--filter") || value.equals("-f")) && i + 1 < words.size()) {
                rule = words.get(i + 1);
            }
            var file = FILE_OF_RULES.matcher(rule == null ? "" : String.valueOf(rule.value()));
            if (file.matches()) {
                judge.role(job, "list", Argument.of(file.group(1)));
            }
        }
    }

    /** What a cluster's proxy reaches, and bases that are fetched. */
    private void cluster(Job job, String name) {
        List<String> words = job.constants();
        boolean raw = words.stream().anyMatch(word -> word.startsWith("--raw"));
        if (raw && words.stream().anyMatch(word -> word.contains("/proxy"))) {
            judge.shell(job, RiskTier.HIGH, "reaches an application behind the cluster's proxy")
                    .tag("network");
        }
        if (name.equals("kustomize") || words.contains("kustomize")) {
            for (String word : words) {
                if (!word.startsWith("-") && REMOTE_BASE.matcher(word).matches()) {
                    judge.shell(job, RiskTier.HIGH, "fetches what it builds from").tag("network");
                    return;
                }
            }
        }
    }

    /** {@code sops -e -i FILE} writes the file it names. */
    private void inPlace(Job job) {
        if (!any(job, IN_PLACE)) {
            return;
        }
        for (Argument word : job.arguments()) {
            if (word.value() != null && !word.value().startsWith("-")) {
                judge.file(job, Places.Touch.WRITE, word, false);
            }
        }
        medium(job, "changes the keys of a file of secrets");
    }

    /** A task that reaches a database, told to be that of production. */
    private void production(Job job, String variable, String task) {
        String first = job.argument(0);
        if (first == null || !first.startsWith(task)) {
            return;
        }
        Map<String, String> environment = job.context().environment();
        if (Labels.prod(environment.get(variable))) {
            judge.shell(job, RiskTier.MEDIUM, "reaches the database of production")
                    .tag("database", "prod");
        }
    }
}
