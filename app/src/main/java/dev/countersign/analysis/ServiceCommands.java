package dev.countersign.analysis;

import dev.countersign.analysis.code.SqlScript;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.call.Action;
import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Clients of services: containers, clusters, clouds, databases, code hosts. */
final class ServiceCommands {
    private static final Set<Deed> ASKING = EnumSet.of(Deed.READ, Deed.NET);

    /** Operations of {@code aws} whose last word is the file the answer is saved in. */
    private static final Pattern SAVES =
            Pattern.compile(
                    "get-object.*|invoke.*|.*-output|get-(latest-)?configuration|get-(export|sdk|clip|media.*|snapshot-block|raw-message-content)|synthesize-speech");

    /** Verbs of AWS whose answer opens something. */
    private static final Pattern ANSWERS_SECRET =
            Pattern.compile(
                    "get-.*(token|credentials|password|api-key).*|get-(?!public-).*-access(-.*)?");

    private static final Set<String> HELP = Set.of("-h", "--help", "-V", "--version");

    private static final Pattern CONNECTION =
            Pattern.compile("(?:^|[\\s?&])(host|hostaddr|service|port)\\s*=\\s*'?([^\\s&']*)");

    private final Judge judge;

    /** By word of this call: whether it says what a cloud is to do, and how bad that is. */
    private final Map<String, Boolean> isVerb = new HashMap<>();

    private final Map<String, Integer> weights = new HashMap<>();

    ServiceCommands(Judge judge) {
        this.judge = judge;
    }

    boolean judge(Job job, String name) {
        Tool tool = judge.catalogue.tool(name).orElse(null);
        if (tool == null || Quiet.fit(name, job.arguments()) != null) {
            return false;
        }
        if (!isService(tool) && !name.equals("gh") && !name.equals("glab")) {
            return false;
        }
        if (Judge.isVersionQuestion(job)) {
            judge.fact(job, "asks `" + name + "` for its version");
            return true;
        }
        int before = judge.call.drafts.size();
        switch (judge.catalogue.canonical(name)) {
            case "docker", "docker compose" -> docker(job, name, tool);
            case "kubectl" -> kubectl(job, name, tool);
            case "kustomize" -> kustomize(job, name, tool);
            case "aws" -> aws(job);
            case "psql", "mysql", "sqlite3", "duckdb", "mongosh" -> database(job, name, tool);
            case "redis-cli" -> redis(job, tool);
            case "gh" -> gh(job, name, Reading.of(tool, job.arguments()));
            default -> {
                if (tool.verbs()) {
                    cloud(job, name);
                } else {
                    plain(job, name, Reading.of(tool, job.arguments()));
                }
            }
        }
        if (tool.kind().equals("db")) {
            reach(job, name, Reading.of(tool, job.arguments()));
        }
        if (tool.kind().equals("cloud")) {
            steers(job, before);
            carries(job);
        }
        label(job, name, tool, before);
        return true;
    }

    /**
     * A query in another name than that of who is signed in, or with a word less about whom to
     * trust.
     */
    private void steers(Job job, int before) {
        for (Argument word : job.arguments()) {
            String value = word.value();
            int equals = value == null ? -1 : value.indexOf('=');
            String option = equals > 0 && value != null ? value.substring(0, equals) : value;
            if (option != null
                    && (OTHER_NAME.contains(option) || STEERS.matcher(option).matches())) {
                for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
                    if (draft.action == dev.countersign.call.Action.SHELL_RUN) {
                        draft.atLeast(RiskTier.MEDIUM);
                        draft.summary = draft.summary + ", but with `" + Judge.cut(option) + "`";
                        return;
                    }
                }
            }
        }
    }

    private static final Set<String> OTHER_NAME = Set.of("--account", "--access-token-file");

    /** A program a policy describes, if it is a client of a service. */
    boolean described(Job job, String name, Tool tool) {
        if (!isService(tool)) {
            return false;
        }
        int before = judge.call.drafts.size();
        if (tool.verbs()) {
            cloud(job, name);
        } else {
            plain(job, name, Reading.of(tool, job.arguments()));
        }
        label(job, name, tool, before);
        return true;
    }

    private static boolean isService(Tool tool) {
        return switch (tool.kind()) {
            case "container", "cloud", "db", "service" -> true;
            default -> false;
        };
    }

    private void label(Job job, String name, Tool tool, int before) {
        boolean prod = namesProd(job) || standsInProd(job, name);
        boolean deploys = deploys(job, name);
        Reading reading = Reading.of(tool, job.arguments());
        Set<String> tags = reading.tags();
        if (tool.kind().equals("db") && reaches(reading.deeds())) {
            tags.addAll(tool.tags());
        } else if (tool.kind().equals("db")) {
            tags.removeAll(tool.tags());
        }
        boolean looks = reading.deeds().equals(Set.of(Deed.READ));
        deploys |= tags.remove("deploy") && !looks;
        for (int i = before; i < judge.call.drafts.size(); i++) {
            Draft draft = judge.call.drafts.get(i);
            if (draft.number == job.number()
                    && draft.action == dev.countersign.call.Action.SHELL_RUN) {
                if (deploys && draft.risk.atLeast(RiskTier.MEDIUM)) {
                    draft.tag("deploy");
                }
                draft.tags.addAll(tags);
                if (prod && !draft.tags.contains("prod")) {
                    draft.tag("prod");
                    draft.risk = draft.risk.raised();
                }
            }
        }
    }

    /** A migration that is only written, or a client that is only generated, reaches nothing. */
    private static boolean reaches(Set<Deed> deeds) {
        return deeds.contains(Deed.NET)
                || deeds.contains(Deed.DESTROY)
                || deeds.contains(Deed.REMOTE_WRITE)
                || deeds.contains(Deed.REMOTE_DESTROY);
    }

    /** The machine a database client talks to, which is this one when none is named. */
    private void reach(Job job, String name, Reading reading) {
        Network network = judge.call.network;
        String host = value(reading, "-h", "--host");
        String port =
                name.startsWith("mysql") || name.startsWith("maria")
                        ? value(reading, "-P", "--port")
                        : value(reading, "-p", "--port");
        boolean local =
                host == null || host.startsWith("/") || Network.isLoopback(LowerCase.of(host));
        boolean own = local && port != null && network.isOwnPort(port);
        boolean elsewhere = false;
        List<Argument> places = new ArrayList<>(reading.positionals);
        if (name.equals("redis-cli")) {
            places.clear();
        }
        places.addAll(reading.values("-d", "--dbname", "-u", "--uri", "-h", "--host"));
        for (int i = 0; i < places.size(); i++) {
            String text = places.get(i).value();
            if (text == null) {
                elsewhere = true;
                continue;
            }
            own |= network.mentionsOwn(text);
            if (text.contains("://")) {
                Network.Target target = network.target(text);
                own |= target.own();
                elsewhere |= !target.loopback();
            }
            Matcher named = CONNECTION.matcher(text);
            while (named.find()) {
                String given = named.group(2);
                if (named.group(1).equals("port")) {
                    own |= local && network.isOwnPort(given);
                } else {
                    elsewhere |= !Network.isLoopback(LowerCase.of(given));
                }
            }
        }
        if (name.equals("mysql") || name.equals("mariadb")) {
            elsewhere |= reading.positionals.size() > 1;
        }
        if (!local) {
            sends(job);
        }
        if (!local || elsewhere) {
            carries(job);
        }
        if (elsewhere || own) {
            Draft draft =
                    judge.shell(job, RiskTier.HIGH, "names the machine of the database in a word")
                            .tag("database", "network");
            draft.sends = true;
            draft.sendsUnknown = judge.hasUnknown(job);
            if (own) {
                draft.floor("Countersign's own address is out of reach for agents");
            }
        }
    }

    /** What is done on another machine takes along what its words say. */
    private void sends(Job job) {
        for (Draft draft : judge.call.drafts) {
            if (draft.number == job.number()
                    && draft.action == dev.countersign.call.Action.SHELL_RUN) {
                draft.sends = true;
            }
        }
    }

    private static @Nullable String value(Reading reading, String... names) {
        Argument word = reading.value(names);
        return word == null ? null : word.value();
    }

    /** Whether a word, or a value set for the command, names production. */
    static boolean namesProd(Job job) {
        List<String> words = new ArrayList<>(job.constants());
        for (Invocation.Assignment assignment : job.invocation().assignments()) {
            // How a program was built to run says nothing of where it reaches.
            if (assignment.value() != null && !assignment.name().endsWith("_ENV")) {
                words.add(assignment.value());
            }
        }
        return namesProd(words);
    }

    /** Clients that find out by the folder they are started in what they are to work on. */
    private static final Set<String> BY_FOLDER =
            Set.of(
                    ("terraform tofu terragrunt pulumi docker docker-compose podman cdk serverless sls"
                                    + " flyctl fly vercel netlify wrangler railway supabase firebase"
                                    + " helmfile skaffold sam eb")
                            .split(" ", -1));

    private boolean standsInProd(Job job, String name) {
        String directory = job.directory();
        String root = judge.call.paths.workspace();
        boolean containers = name.equals("docker") || name.equals("podman");
        return BY_FOLDER.contains(name)
                && (!containers || "compose".equals(job.argument(0)))
                && directory != null
                && Paths.below(directory, root)
                && Labels.prodPath(directory.substring(root.length()));
    }

    private static boolean namesProd(List<String> words) {
        for (String word : words) {
            if (word.length() < 300
                    && word.indexOf(' ') < 0
                    && word.indexOf('\n') < 0
                    && (Labels.prod(word) || isProdAttached(word))) {
                return true;
            }
        }
        return false;
    }

    /** {@code -nprod}: the value of a short option without a blank in between. */
    private static boolean isProdAttached(String word) {
        return word.length() > 3
                && word.charAt(0) == '-'
                && Character.isLetter(word.charAt(1))
                && Labels.prod(word.substring(2));
    }

    private static boolean deploys(Job job, String name) {
        for (String word : job.constants()) {
            switch (word) {
                case "apply",
                        "deploy",
                        "rollout",
                        "upgrade",
                        "up",
                        "install",
                        "publish",
                        "release",
                        "promote" -> {
                    return !name.startsWith("docker") && !name.equals("podman");
                }
                default -> {}
            }
        }
        return false;
    }

    /** Requests of a code host; {@code gh api} can be any of them. */
    private void gh(Job job, String name, Reading reading) {
        Argument program = reading.value("-q", "--jq");
        if (program != null && FileCommands.showsEnvironment(program.value())) {
            judge.secret(job, "`" + name + "` shows the environment", "environment").fetched = true;
        }
        if (!reading.path.contains("api")) {
            if (reading.path.equals(List.of("config", "get")) && namesToken(reading)) {
                judge.secret(job, "`" + name + "` shows its token", "gh").fetched = true;
            }
            plain(job, name, reading);
            return;
        }
        Argument word = reading.value("-X", "--method");
        String given = word == null ? "" : String.valueOf(word.value()).toUpperCase(Locale.ROOT);
        boolean body = reading.has("-f", "--raw-field", "-F", "--field", "--input");
        boolean asks = given.equals("GET") || given.equals("HEAD") || (word == null && !body);
        for (String text : job.constants()) {
            if (LowerCase.of(text).contains("method-override")) {
                asks = false;
            }
        }
        if (asksGraph(reading, word)) {
            query(job, name, reading);
            return;
        }
        if (asks) {
            Argument host = reading.value("--hostname");
            for (Argument url : reading.positionals) {
                boolean elsewhere =
                        String.valueOf(url.value()).contains("://")
                                && !String.valueOf(url.value())
                                        .startsWith("https://api.github.com/");
                if (elsewhere || host != null) {
                    String address = elsewhere || host == null ? url.value() : host.value();
                    judge.net().connection(job, judge.call.network.target(address), false);
                }
            }
            plain(job, name, reading);
            return;
        }
        judge.unproven(job, name, reading);
        judge.roles(job, reading, judge.effectiveDirectory(job, reading));
        if (given.equals("DELETE")) {
            judge.shell(job, RiskTier.CRITICAL, "deletes something of a code host")
                    .tag("network", "destructive");
        } else {
            Draft draft =
                    judge.shell(job, RiskTier.HIGH, "changes something of a code host")
                            .tag("network");
            draft.sends = true;
            draft.sendsUnknown = judge.hasUnknown(job);
        }
    }

    /** {@code gh api graphql} with one constant question; other fields are its variables. */
    private static boolean asksGraph(Reading reading, @Nullable Argument method) {
        boolean graph =
                method == null
                        && reading.proven()
                        && !reading.has("--input", "--hostname")
                        && reading.positionals.size() == 1
                        && "graphql".equals(reading.positionals.getFirst().value());
        int questions = 0;
        for (Argument field : reading.values("-f", "--raw-field", "-F", "--field")) {
            String text = field.value();
            if (text == null || text.startsWith("query=@")) {
                return false;
            }
            if (text.startsWith("query=")) {
                questions++;
                graph &= QUESTION.matcher(text).matches() && !ACTS.matcher(text).find();
            }
        }
        return graph && questions == 1;
    }

    private static final Pattern QUESTION =
            Pattern.compile("(?s)query=\\s*(\\{|query\\b|fragment\\b).*");
    private static final Pattern ACTS = Pattern.compile("\\b(mutation|subscription)\\b");

    private static boolean namesToken(Reading reading) {
        return reading.positionals.stream()
                .map(Argument::value)
                .anyMatch(key -> key == null || key.contains("token"));
    }

    /** A client whose sub-commands the catalogue describes. */
    private void plain(Job job, String name, Reading reading) {
        Set<Deed> deeds = reading.deeds();
        if (asks(reading) && changes(reading)) {
            judge.shell(
                            job,
                            RiskTier.HIGH,
                            "may change something by `" + Judge.describe(name, reading) + "`")
                    .tag("network");
            return;
        }
        if (asks(reading)) {
            if (name.equals("helm") || reading.path.contains("kustomize")) {
                charts(job);
                repositories(job, reading);
            }
            query(job, name, reading);
            return;
        }
        if (helpOnly(reading, deeds)) {
            judge.fact(job, "asks `" + name + "` about itself");
            return;
        }
        judge.unproven(job, name, reading);
        judge.roles(job, reading, judge.effectiveDirectory(job, reading));
        if (name.equals("gh") || deeds.contains(Deed.UPLOAD)) {
            handed(job, reading);
        }
        judge.deeds(job, name, reading);
    }

    /** Secrets among the words of a client that sends files. */
    private void handed(Job job, Reading reading) {
        for (Argument word : reading.positionals) {
            Paths.Place place = judge.call.paths.place(word, job.directory());
            if (place.written() != null
                    && !place.stream()
                    && judge.call
                            .places
                            .judge(Places.Touch.READ, place, false)
                            .tags()
                            .contains("secret")) {
                judge.file(job, Places.Touch.READ, word, false);
            }
        }
    }

    /** Folders a project keeps its charts in are not taken for repositories. */
    private static final Pattern CHART =
            Pattern.compile(
                    "(?!(?:charts?|helm|deploy|deployments?|k8s|kubernetes|infra|ops|apps|packages)/)[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9][A-Za-z0-9._-]*");

    /** {@code helm template web bitnami/nginx}: what is no folder comes from a repository. */
    private void repositories(Job job, Reading reading) {
        boolean takes = reading.path.contains("template") || reading.path.contains("show");
        for (Argument word : takes ? reading.positionals : List.<Argument>of()) {
            String value = word.value();
            Paths.Place place = judge.call.paths.place(word, job.directory());
            String written = place.written();
            if (written != null && place.outside()) {
                judge.file(job, Places.Touch.READ, word, true);
            }
            if (value != null
                    && CHART.matcher(value).matches()
                    && written != null
                    && judge.call.facts.kind(written) != Facts.Kind.DIRECTORY) {
                judge.shell(job, RiskTier.MEDIUM, "may fetch the chart `" + Judge.cut(value) + "`")
                        .tag("network");
            }
        }
    }

    /** Charts and values may be fetched, and {@code --set-file} shows what a file holds. */
    private void charts(Job job) {
        boolean sets = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            boolean option = value != null && value.startsWith("--set-file");
            if (value != null && value.contains("://")) {
                String address = value.replaceFirst("^-[^=]*=", "");
                judge.net().connection(job, judge.call.network.target(address), false);
            } else if (value != null && (sets || option)) {
                int equals = value.lastIndexOf('=');
                if (equals > 0) {
                    String path = value.substring(equals + 1);
                    judge.file(job, Places.Touch.READ, Argument.of(path), false);
                }
            }
            sets = option;
        }
    }

    /** What clients call the commands that change something. */
    private static final Set<String> CHANGING =
            Set.of(
                    ("create update delete del rm remove drop stop start restart kill set unset add"
                                    + " edit reset clear fix install uninstall purge destroy apply put push"
                                    + " send pause resume suspend enable disable rotate revoke rename move"
                                    + " deploy rollback shutdown flush import restore")
                            .split(" ", -1));

    /**
     * Whether a word behind a reading sub-command is a changing one that the catalogue does not
     * list: {@code services list} reads, {@code services delete x} does not.
     */
    private static boolean changes(Reading reading) {
        return !reading.path.isEmpty()
                && reading.tool.positionals().isEmpty()
                && !reading.positionals.isEmpty()
                && CHANGING.contains(String.valueOf(reading.positionals.getFirst().value()));
    }

    private static boolean asks(Reading reading) {
        boolean says =
                !reading.path.isEmpty()
                        || (!reading.given.isEmpty() && reading.deeds().contains(Deed.NET));
        boolean own = reading.top.kind().equals("service");
        return says
                && !reading.strange
                && (!own || reading.proven())
                && !reading.runs()
                && ASKING.containsAll(reading.deeds())
                && reading.deeds().contains(Deed.READ)
                && reading.unknown.isEmpty();
    }

    private static boolean helpOnly(Reading reading, Set<Deed> deeds) {
        return reading.path.isEmpty()
                && reading.positionals.isEmpty()
                && ASKING.containsAll(deeds)
                && reading.given.stream().allMatch(option -> HELP.contains(option.name()));
    }

    /** Options that only choose what a query shows, of the clients that have a list of them. */
    private static final class Shown {
        static final Map<String, Set<String>> OPTIONS = new HashMap<>();

        static {
            for (String client : List.of("docker", "kubectl", "helm", "gh")) {
                OPTIONS.put(client, Set.copyOf(Catalogue.shipped().texts(client, "read_options")));
            }
        }
    }

    /** Options of any client that only choose or show what is read. */
    private static final Set<String> READS =
            Set.copyOf(DataFile.read("reading-options.yaml").texts("options"));

    private static final Pattern OPTION = Pattern.compile("`(-[^`=]*).*");

    /** Options of queries of any client that change where one goes, for whom, or whom it trusts. */
    private static final Pattern STEERS =
            Pattern.compile(
                    "--(insecure.*|no-verify.*|skip-tls.*|tls-.*|as|as-.*|kube-as-.*|kube-apiserver"
                            + "|.*-certificate.*|certificate-.*|client-key.*|ca-.*|.*-ca-.*|username"
                            + "|password|token|endpoint.*|impersonate.*|proxy.*|flags-f.*)");

    /**
     * An option nobody lists may change where a query goes, or for whom. Clients whose options are
     * not told one by one may have any but those that say so by their names.
     */
    private void notListed(Draft draft, String name, Reading reading) {
        String first = judge.catalogue.canonical(name).replaceFirst(" .*", "");
        Set<String> listed = Shown.OPTIONS.getOrDefault(first, Set.of());
        String sub = String.join(" ", reading.path);
        for (String text : reading.unlisted) {
            Matcher option = OPTION.matcher(text);
            if (!option.matches()) {
                continue;
            }
            String given = option.group(1);
            boolean known =
                    listed.isEmpty()
                            ? READS.contains(given) && !STEERS.matcher(given).matches()
                            : listed.contains(given) || listed.contains(sub + " " + given);
            if (!known) {
                draft.atLeast(RiskTier.MEDIUM);
                draft.summary = draft.summary + ", but " + text;
                return;
            }
        }
        if (reading.given.stream().anyMatch(one -> STEERS.matcher(one.name()).matches())) {
            draft.atLeast(RiskTier.MEDIUM);
        }
    }

    /** Roles of words of a query that are judged as those of any program are. */
    private static final Set<String> JUDGED = Set.of("read-or-url", "list", "=write");

    /** A query that changes nothing. */
    private void query(Job job, String name, Reading reading) {
        Draft draft =
                judge.shell(
                        job,
                        RiskTier.LOW,
                        "asks " + Judge.describe(name, reading) + " and changes nothing");
        draft.tag("network");
        if (reading.has("--kubeconfig")) {
            // It may name a program that makes the credentials.
            draft.atLeast(RiskTier.MEDIUM);
        }
        notListed(draft, name, reading);
        draft.sends = true;
        draft.sendsUnknown = judge.hasUnknown(job);
        carries(job);
        otherServer(draft, reading);
        for (Reading.Bound bound : reading.bound) {
            switch (bound.role()) {
                case "read" -> judge.file(job, Places.Touch.READ, bound.word(), false);
                case "write" -> judge.output(job, bound.word());
                case "read-or-url", "write-or-url", "hostpath", "page", "list", "folder" ->
                        unlessHere(job, bound);
                default -> {}
            }
            if (JUDGED.contains(bound.role()) || ValueRoles.knows(bound.role())) {
                judge.role(job, bound.role(), bound.word());
            }
            if (bound.role().equals("host") || bound.role().equals("url")) {
                Network.Target target = judge.call.network.target(bound.word().value());
                if (!target.loopback()) {
                    draft.atLeast(RiskTier.HIGH);
                }
                if (target.own()) {
                    draft.floor("Countersign's own address is out of reach for agents");
                }
            }
        }
        if (reading.deeds().contains(Deed.EXEC)) {
            draft.atLeast(RiskTier.MEDIUM);
        }
    }

    /** Options that choose the server a query, and with it the token, goes to. */
    private static final Pattern SERVER =
            Pattern.compile(
                    "--(server|server-addr|server-url|host|hostname|address|addr|api|api-url|api-host"
                            + "|registry|discovery-srv|runtime-endpoint|xds-address)");

    private void otherServer(Draft draft, Reading reading) {
        for (Reading.Given option : reading.given) {
            if (!SERVER.matcher(option.name()).matches()) {
                continue;
            }
            Argument value = option.value();
            if (value == null) {
                draft.atLeast(RiskTier.MEDIUM);
            } else if (!judge.call.network.target(value.value()).loopback()) {
                draft.atLeast(RiskTier.HIGH);
            }
        }
    }

    /** A word that may be a file or an address; a file of the project changes nothing. */
    private void unlessHere(Job job, Reading.Bound bound) {
        int before = judge.call.drafts.size();
        judge.role(job, bound.role(), bound.word());
        List<Draft> found = judge.call.drafts.subList(before, judge.call.drafts.size());
        found.removeIf(
                draft -> draft.action == Action.FILE_READ && !draft.risk.atLeast(RiskTier.LOW));
    }

    /** A question made of what stands in files takes it along. */
    private void carries(Job job) {
        boolean unnamed = Credentials.holdsUnnamed(job.invocation());
        boolean carries = unnamed || judge.net().isGivenFile(job);
        for (Argument word : job.arguments()) {
            carries = carries || (word.value() == null && judge.net().quotesFile(job, word));
        }
        if (!carries || isAsked(job)) {
            return;
        }
        Draft draft =
                judge.add(
                        job,
                        Action.WEB_SEND,
                        new Resource.Web(null, null),
                        RiskTier.HIGH,
                        unnamed
                                ? "sends a variable whose name is not known"
                                : "sends what a command printed of a file");
        draft.tag("network").sends = true;
        draft.sendsUnknown = true;
    }

    /** Whether it is a question already what the command sends. */
    private boolean isAsked(Job job) {
        for (Draft draft : judge.call.drafts) {
            if (draft.number == job.number()
                    && draft.leaves()
                    && (draft.opaque || draft.risk.atLeast(RiskTier.HIGH))) {
                return true;
            }
        }
        return false;
    }

    // ---- containers

    private static final Pattern FAR_BASE =
            Pattern.compile(
                    "(?m)://|git@|^\\s*(helmCharts|helmChartInflationGenerator|generators"
                            + "|secretGenerator|transformers|validators)\\s*:|^\\s*-\\s*['\"]?[\\w-]+(\\.[\\w-]+)+/"
                            + "|\\?(ref|version)=|//");

    /**
     * {@code kustomize build FOLDER} prints what the files of a project make, unless they, or the
     * words, name something elsewhere.
     */
    private void kustomize(Job job, String name, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        judge.generic(job, name, reading);
        if (!reading.path.equals(List.of("build"))) {
            return;
        }
        List<Argument> words = reading.positionals;
        Argument folder = words.isEmpty() ? Argument.of(".") : words.getFirst();
        String value = folder.value();
        boolean address =
                value == null
                        || FAR_BASE.matcher(value).find()
                        || value.matches("(?!\\.)[\\w-]+(\\.[\\w-]+)+/.*");
        if (!address) {
            judge.file(job, Places.Touch.READ, folder, false);
        }
        if (address || !isNear(judge.call.paths.place(folder, job.directory()).written(), 0)) {
            judge.shell(
                            job,
                            RiskTier.HIGH,
                            "`kustomize build` may fetch, or show, what its files name")
                    .tag("network");
        }
    }

    /** How deep, and how many files, bases are followed. */
    private static final int DEEPEST_BASE = 4;

    private static final Pattern BASE =
            Pattern.compile("(?m)^\\s*-\\s*['\"]?(\\.{0,2}[\\w./-]+)['\"]?\\s*$");

    /** Whether a kustomization and those it builds on can be read and name nothing elsewhere. */
    private boolean isNear(@Nullable String folder, int depth) {
        if (folder == null || depth > DEEPEST_BASE) {
            return false;
        }
        String text = null;
        for (String file : List.of("kustomization.yaml", "kustomization.yml", "Kustomization")) {
            text = text == null ? judge.call.facts.text(folder + "/" + file).orElse(null) : text;
        }
        if (text == null) {
            return false;
        }
        judge.call.readsFile(text.length());
        if (FAR_BASE.matcher(text).find()) {
            return false;
        }
        Matcher base = BASE.matcher(text);
        int looked = 0;
        while (base.find()) {
            String path = Paths.normalise(folder + "/" + base.group(1));
            boolean file = base.group(1).matches(".*\\.(ya?ml|json|env|properties)");
            if (!file && (++looked > 50 || !isNear(path, depth + 1))) {
                return false;
            }
        }
        return true;
    }

    private static final Pattern SETTINGS =
            Pattern.compile(
                    "(?s).*(\\bEnv\\b|\\bjson\\s+(\\.|\\.Config|\\$)\\s*[})|]|[{(]\\s*\\.(Config)?\\s*[})|]|\\bindex\\s+(\\.|\\.Config|\\$)[\\s)}]|\\brange\\s+\\.(Config)?\\s*[})]).*");

    /**
     * Whether an inspection shows the variables a container was given: it shows everything unless a
     * format picks something else, or it is one of an image, a network or a volume.
     */
    private static boolean showsSettings(Reading reading) {
        Argument format = reading.value("-f", "--format");
        if (format == null) {
            return ofContainer(reading);
        }
        String value = format.value();
        if (value == null || value.equals("json") || SETTINGS.matcher(value).matches()) {
            return true;
        }
        Matcher chain = CHAIN.matcher(value);
        while (chain.find()) {
            if (chain.group(1) == null || chain.group(1).equals("Config")) {
                return true;
            }
        }
        return false;
    }

    /** A field of a template, or all of it: {@code .State.Status}, {@code .}. */
    private static final Pattern CHAIN =
            Pattern.compile("(?<![\\w.)\\]\"'`])\\.([A-Za-z_][\\w.]{0,200})?(?![\\w.\"'`])");

    private static boolean ofContainer(Reading reading) {
        List<String> path = reading.path;
        String kind = path.size() > 1 ? path.get(path.size() - 2) : "container";
        Argument type = reading.value("--type");
        if (type != null && type.value() != null) {
            kind = type.value();
        }
        return switch (kind) {
            case "container", "service", "pod", "config" ->
                    reading.positionals.stream()
                            .map(Argument::value)
                            .anyMatch(name -> name == null || !NAMES_IMAGE.matcher(name).find());
            default -> false;
        };
    }

    /** Names of containers have no such signs. */
    private static final Pattern NAMES_IMAGE = Pattern.compile("[/:@]");

    /** What Compose takes for a repository it clones, though it has no scheme. */
    private static final Pattern REPOSITORY =
            Pattern.compile("github\\.com/.*|[^/\\s:]+@[^/\\s:]+:.*");

    private void docker(Job job, String name, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        List<String> path = reading.path;
        String sub = path.isEmpty() ? "" : path.getLast();
        boolean compose = path.contains("compose") || name.equals("docker-compose");
        if (sub.equals("save") || (sub.equals("export") && !path.contains("context"))) {
            judge.shell(job, RiskTier.MEDIUM, "takes out all that an image or a container holds");
            judge.roles(job, reading, job.directory());
            return;
        }
        if (asks(reading) || (sub.equals("inspect") && !path.contains("secret"))) {
            Draft draft = judge.shell(job, RiskTier.LOW, "asks `" + name + "` and changes nothing");
            if (sub.equals("search")) {
                draft.tag("network");
            }
            if (reading.has("-H", "--host", "-c", "--context", "--url", "--connection", "--remote")
                    && !compose) {
                draft.atLeast(RiskTier.HIGH).tag("network");
            }
            if (!sub.equals("top") || compose) {
                notListed(draft, name, reading);
            }
            carries(job);
            for (Reading.Bound bound : reading.bound) {
                if (bound.role().equals("read") && !compose) {
                    judge.file(job, Places.Touch.READ, bound.word(), false);
                }
            }
            if (sub.equals("inspect") && showsSettings(reading)) {
                judge.secret(job, "shows the environment of programs in a container", name)
                                .fetched =
                        true;
            }
            if (!reading.unknown.isEmpty()) {
                draft.opaque();
            }
            if (sub.equals("top") && showsEnvironment(job)) {
                judge.secret(job, "shows the environment of programs in a container", name);
            }
            if (compose) {
                reading.values("-f", "--file", "--env-file", "--project-directory")
                        .forEach(word -> judge.role(job, "read-or-url", word));
                if (reading.values("-f", "--file").stream()
                        .map(Argument::value)
                        .anyMatch(file -> file != null && REPOSITORY.matcher(file).matches())) {
                    draft.atLeast(RiskTier.HIGH).tag("network");
                    draft.summary = "asks `" + name + "` about what it fetches from a repository";
                }
            }
            return;
        }
        if (path.contains("service") && (sub.equals("create") || sub.equals("update"))) {
            run(job, name);
            plain(job, name, reading);
            return;
        }
        switch (sub) {
            case "run", "create" -> {
                boolean thing = path.size() > 1 && !compose && !path.contains("container");
                if (thing) {
                    plain(job, name, reading);
                } else {
                    run(job, name);
                }
            }
            case "exec" -> exec(job, name);
            case "build", "buildx", "up", "start", "pull", "load", "watch" -> {
                Draft draft = judge.shell(job, RiskTier.MEDIUM, "builds or starts containers");
                if (reading.has("--push")) {
                    draft.atLeast(RiskTier.HIGH).tag("network");
                }
                if (reading.has("--allow")) {
                    draft.atLeast(RiskTier.CRITICAL).tag("escape");
                }
                if (sub.equals("pull")) {
                    draft.atLeast(RiskTier.HIGH).tag("network", "package-install");
                }
                if (!reading.unknown.isEmpty()) {
                    draft.opaque();
                }
            }
            case "stop",
                    "restart",
                    "kill",
                    "pause",
                    "down",
                    "rename",
                    "update",
                    "tag",
                    "commit",
                    "unpause",
                    "connect",
                    "disconnect" -> {
                Draft draft = judge.shell(job, RiskTier.MEDIUM, "changes containers");
                if (reading.has("-v", "--volumes")) {
                    draft.atLeast(RiskTier.HIGH).tag("destructive");
                    draft.summary = "removes containers and the data in their volumes";
                }
                if (!reading.unknown.isEmpty()) {
                    draft.opaque();
                }
            }
            case "rm", "rmi", "prune" -> {
                boolean wide =
                        path.contains("volume") || path.contains("system") || sub.equals("prune");
                judge.shell(
                                job,
                                wide ? RiskTier.CRITICAL : RiskTier.HIGH,
                                "removes containers, images or volumes")
                        .tag("destructive");
            }
            case "cp" ->
                    reading.positionals.forEach(word -> {
                        boolean last = word.equals(reading.positionals.getLast());
                        if (!NetCommands.isRemote(word.value())) {
                            judge.file(
                                    job, last ? Places.Touch.WRITE : Places.Touch.READ, word, true);
                        } else {
                            judge.shell(job, RiskTier.MEDIUM, "copies files of a container");
                        }
                    });
            default -> plain(job, name, reading);
        }
    }

    /** Whether the words for {@code ps} behind a container have the {@code e} of {@code ps eww}. */
    private static boolean showsEnvironment(Job job) {
        List<Argument> words = job.arguments();
        int at = indexAfter(words, "top") + 1;
        for (int i = at; i < words.size(); i++) {
            String value = words.get(i).value();
            boolean format = String.valueOf(words.get(i - 1).value()).matches("-o|-O|--format");
            if (value == null || (!format && value.matches("[A-Za-z]*e[A-Za-z]*"))) {
                return true;
            }
        }
        return false;
    }

    private void exec(Job job, String name) {
        List<Argument> words = new ArrayList<>(job.arguments());
        int at = indexAfter(words, "exec");
        Draft draft = judge.shell(job, RiskTier.MEDIUM, "runs a command in a container");
        int i = at;
        while (i < words.size()) {
            String value = words.get(i).value();
            if (value == null) {
                draft.opaque();
                return;
            }
            if (!value.startsWith("-")) {
                break;
            }
            boolean valued =
                    switch (value) {
                        case "-e",
                                "--env",
                                "-u",
                                "--user",
                                "-w",
                                "--workdir",
                                "--env-file",
                                "--detach-keys",
                                "--index" ->
                                true;
                        default -> false;
                    };
            if (value.equals("--privileged")) {
                draft.atLeast(RiskTier.CRITICAL).tag("escape");
            }
            i += valued ? 2 : 1;
        }
        List<Argument> inside = words.subList(Math.min(i + 1, words.size()), words.size());
        inside(draft, inside, job);
        if (inside.isEmpty()) {
            judge.opaque(job, "`" + name + " exec` names no command");
        }
    }

    /** A command in a container: as bad as it would be, its files not being ours. */
    private void inside(Draft draft, List<Argument> words, Job job) {
        List<Argument> quoted = new ArrayList<>();
        for (Argument word : words) {
            String value = word.value();
            quoted.add(
                    value == null
                            ? word
                            : new Argument(
                                    CodeCommands.quote(value),
                                    word.written(),
                                    false,
                                    word.source()));
        }
        judge.net().remote(draft, quoted, job);
    }

    private static int indexAfter(List<Argument> words, String sub) {
        for (int i = 0; i < words.size(); i++) {
            if (sub.equals(words.get(i).value())) {
                return i + 1;
            }
        }
        return words.size();
    }

    private void run(Job job, String name) {
        Draft draft = judge.shell(job, RiskTier.MEDIUM, "starts a container with `" + name + "`");
        List<Argument> words = job.arguments();
        ContainerCommand container = new ContainerCommand();
        for (int i = 0; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value == null) {
                draft.opaque();
                continue;
            }
            String option = value.indexOf('=') > 0 ? value.substring(0, value.indexOf('=')) : value;
            String given = value.indexOf('=') > 0 ? value.substring(value.indexOf('=') + 1) : null;
            switch (option) {
                case "--privileged",
                        "--pid",
                        "--ipc",
                        "--cap-add",
                        "--device",
                        "--security-opt",
                        "--userns",
                        "--uts",
                        "--cgroupns" ->
                        draft.atLeast(RiskTier.CRITICAL).tag("escape");
                case "--network", "--net" -> {
                    String net =
                            given == null && i + 1 < words.size()
                                    ? words.get(i + 1).value()
                                    : given;
                    container.network(net);
                    if ("host".equals(net)) {
                        draft.atLeast(RiskTier.CRITICAL).tag("escape");
                    }
                }
                case "-v", "--volume", "--mount", "--mount-add" -> {
                    Argument mount =
                            given == null && i + 1 < words.size()
                                    ? words.get(i + 1)
                                    : Argument.of(String.valueOf(given));
                    mount(job, draft, mount);
                    container.mount(mount.value());
                }
                case "-w", "--workdir" ->
                        container.workdir(
                                given == null && i + 1 < words.size()
                                        ? words.get(i + 1).value()
                                        : given);
                case "--add-host" ->
                        container.host(
                                given == null && i + 1 < words.size()
                                        ? words.get(i + 1).value()
                                        : value.substring(value.indexOf('=') + 1));
                case "--entrypoint" ->
                        container.entrypoint(
                                given == null && i + 1 < words.size()
                                        ? words.get(i + 1)
                                        : Argument.of(String.valueOf(given)));
                case "--cidfile", "--iidfile" ->
                        judge.output(
                                job,
                                given == null && i + 1 < words.size()
                                        ? words.get(i + 1)
                                        : Argument.of(String.valueOf(given)));
                case "--env-file" -> {
                    Argument file =
                            given == null && i + 1 < words.size()
                                    ? words.get(i + 1)
                                    : Argument.of(String.valueOf(given));
                    judge.file(job, Places.Touch.READ, file, false);
                }
                default -> {
                    if (value.startsWith("-v")
                            && value.length() > 2
                            && value.contains(":")
                            && !value.startsWith("--")) {
                        mount(job, draft, Argument.of(value.substring(2)));
                        container.mount(value.substring(2));
                    } else if (value.startsWith("-w/")) {
                        container.workdir(value.substring(2));
                    }
                }
            }
        }
        inside(job, container);
    }

    /**
     * The command a container runs, where its words name files or addresses of this machine: they
     * are read, written and sent as those.
     */
    private void inside(Job job, ContainerCommand container) {
        List<Argument> words = job.arguments();
        List<Argument> command = container.command(words, this::isProgram);
        if (job.constants().stream().anyMatch(word -> word.contains("push"))) {
            // Apart from pushes, what runs in the container stays there.
            Draft there =
                    new Draft(
                            Action.SHELL_RUN,
                            new Resource.Program(null),
                            RiskTier.MEDIUM,
                            "runs in a container",
                            job.line(),
                            job.source());
            there.number = job.number();
            inside(there, container.own(words), job);
        }
        if (command.isEmpty()) {
            return;
        }
        int before = judge.call.drafts.size();
        String folder = container.directory();
        Job inner = job.inner(command, Judge.before(job, words));
        judge.command(
                folder == null
                        ? inner
                        : inner.in(judge.moved(job.directory(), Argument.of(folder))));
        List<Draft> found = judge.call.drafts.subList(before, judge.call.drafts.size());
        boolean secret = found.stream().anyMatch(d -> d.tags.contains("secret"));
        boolean stays = found.stream().anyMatch(d -> d.loopback || d.floor != null);
        // What only runs, runs in the container.
        found.removeIf(d ->
                d.action == Action.SHELL_RUN
                        && d.floor == null
                        && !(d.tags.contains("network") && (secret || stays)));
    }

    private boolean isProgram(@Nullable String word) {
        String name = Judge.programName(word);
        return name != null && name.equals(word) && judge.catalogue.tool(name).isPresent();
    }

    private void mount(Job job, Draft draft, Argument mount) {
        String value = mount.value();
        if (value == null) {
            draft.opaque().atLeast(RiskTier.HIGH);
            return;
        }
        String source = value;
        if (value.contains("source=") || value.contains("src=")) {
            int at =
                    value.contains("source=")
                            ? value.indexOf("source=") + 7
                            : value.indexOf("src=") + 4;
            int end = value.indexOf(',', at);
            source = value.substring(at, end < 0 ? value.length() : end);
        } else if (value.indexOf(':') > 0) {
            source = value.substring(0, value.indexOf(':'));
        }
        if (source.contains("docker.sock") || source.equals("/")) {
            draft.atLeast(RiskTier.CRITICAL).tag("escape");
            return;
        }
        if (!source.startsWith("/") && !source.startsWith(".") && !source.startsWith("~")) {
            return;
        }
        boolean readOnly =
                value.endsWith(":ro") || value.contains(",readonly") || value.contains(",ro");
        judge.file(
                job, readOnly ? Places.Touch.READ : Places.Touch.WRITE, Argument.of(source), true);
    }

    private void kubectl(Job job, String name, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        String sub = reading.path.isEmpty() ? "" : reading.path.getFirst();
        boolean shows = sub.equals("get") || sub.equals("describe");
        if (shows && (secretKind(reading) || secretFile(job, reading))) {
            judge.secret(job, "shows secrets of a cluster", "kubectl");
            return;
        }
        if (sub.equals("exec")) {
            Draft draft =
                    judge.shell(job, RiskTier.HIGH, "runs a command in a cluster").tag("network");
            int dashes = job.constants().indexOf("--");
            if (dashes >= 0) {
                int at = indexAfter(job.arguments(), "--");
                inside(draft, job.arguments().subList(at, job.arguments().size()), job);
            }
            return;
        }
        if ((sub.equals("apply") || sub.equals("create")) && reading.has("--dry-run")) {
            List<String> dry =
                    job.constants().stream().filter(w -> w.startsWith("--dry-run")).toList();
            boolean tries = TRIES.containsAll(dry) && !reading.boundOtherwise("--dry-run", "");
            if (tries) {
                boolean itself = dry.stream().allMatch("--dry-run=client"::equals);
                judge.shell(
                                job,
                                itself && triesFiles(job) ? RiskTier.LOW : RiskTier.MEDIUM,
                                "tries a change of a cluster without doing it")
                        .tag("network");
                reading.values("-f", "--filename", "-k", "--kustomize")
                        .forEach(word -> judge.role(job, "read-or-url", word));
                return;
            }
        }
        for (Argument output : reading.values("-o", "--output")) {
            String form = output.value();
            int file = form == null ? -1 : form.indexOf("file=");
            if (form != null && file >= 0) {
                judge.file(job, Places.Touch.READ, Argument.of(form.substring(file + 5)), false);
            }
        }
        boolean fromFile =
                reading.values("-o", "--output").stream()
                        .anyMatch(form -> String.valueOf(form.value()).endsWith("-file"));
        if (fromFile) {
            reading.values("--template")
                    .forEach(word -> judge.file(job, Places.Touch.READ, word, false));
        }
        int before = judge.call.drafts.size();
        plain(job, name, reading);
        if (asks(reading) && reading.has("--kubeconfig", "-s", "--server", "--token")) {
            judge.call.drafts.getLast().atLeast(RiskTier.MEDIUM);
        }
        if (sub.equals("cluster-info") && job.constants().contains("dump")) {
            for (Draft draft : judge.call.drafts.subList(before, judge.call.drafts.size())) {
                if (draft.action == dev.countersign.call.Action.SHELL_RUN) {
                    draft.atLeast(RiskTier.MEDIUM);
                    draft.summary = draft.summary + ", and shows all that runs there";
                }
            }
        }
    }

    /** What kubectl takes for a trial; anything else is refused, or is the change itself. */
    private static final Set<String> TRIES =
            Set.of("--dry-run", "--dry-run=client", "--dry-run=server", "--dry-run=true");

    private static final Set<String> TRIAL_VALUES =
            Set.of("-f", "--filename", "-n", "--namespace", "-o", "--output", "--context");

    private static final Pattern TRIAL =
            Pattern.compile(
                    "-R|--recursive|--dry-run=client|--validate(=(true|false|strict|warn|ignore))?"
                            + "|--(filename|namespace|output|context)=[\\w./@:-]+|-[no][\\w-]+");

    private static final Pattern PLAIN_FORM = Pattern.compile("yaml|json|name|wide");

    /** Whether each word of a trial names a file, the place for it, or the form of the answer. */
    private static boolean triesFiles(Job job) {
        List<String> words = job.constants();
        if (words.size() != job.arguments().size()) {
            return false;
        }
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (TRIAL_VALUES.contains(word) && i + 1 < words.size()) {
                String value = words.get(++i);
                boolean form = word.equals("-o") || word.equals("--output");
                if (value.startsWith("-") || (form && !PLAIN_FORM.matcher(value).matches())) {
                    return false;
                }
            } else if (!TRIAL.matcher(word).matches()) {
                return false;
            }
        }
        return true;
    }

    private static final Pattern SECRET_KIND =
            Pattern.compile("(?i)\\bkind[\"']?\\s*:\\s*[\"']?(secret|list)");

    /** Whether the kinds that are shown stand in a file that names secrets, or cannot be read. */
    private boolean secretFile(Job job, Reading reading) {
        boolean any = !reading.values("-k", "--kustomize").isEmpty();
        for (Argument word : reading.values("-f", "--filename")) {
            if (AddressWords.isUrl(word)) {
                continue;
            }
            String path = judge.call.paths.place(word, job.directory()).resolved();
            String text = path == null ? null : judge.call.facts.text(path).orElse(null);
            any |= text == null || SECRET_KIND.matcher(text).find();
        }
        return any;
    }

    private static boolean secretKind(Reading reading) {
        List<Argument> kinds = new ArrayList<>(reading.positionals);
        kinds.addAll(reading.values("--raw"));
        for (Argument word : kinds) {
            String value = word.value();
            if (value == null) {
                return true;
            }
            for (String kind : LowerCase.of(value).split(",", -1)) {
                if (kind.startsWith("secret") || kind.contains("/secrets")) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- clouds

    private void aws(Job job) {
        Reading reading = Reading.of(judge.catalogue.tool("aws").orElseThrow(), job.arguments());
        List<Argument> words = reading.positionals;
        String service = words.isEmpty() ? null : words.get(0).value();
        String verb = words.size() < 2 ? "" : words.get(1).value();
        if (service == null || verb == null) {
            judge.opaque(job, "what is asked of `aws` is not constant").tag("network");
            return;
        }
        String both = service + " " + verb;
        boolean credentials =
                both.startsWith("secretsmanager get-")
                        || both.startsWith("secretsmanager batch-get")
                        || (service.equals("ssm")
                                && verb.startsWith("get-parameter")
                                && job.constants().contains("--with-decryption"))
                        || both.startsWith("sts assume-role")
                        || both.equals("sts get-session-token")
                        || ANSWERS_SECRET.matcher(verb).matches()
                        || both.equals("glue get-connection")
                        || both.equals("glue get-connections")
                        || both.equals("ec2 get-password-data")
                        || both.equals("kms decrypt")
                        || both.equals("s3 presign")
                        || (service.equals("configure")
                                && (verb.equals("get")
                                        || verb.equals("list")
                                        || verb.equals("export-credentials")));
        if (credentials) {
            judge.secret(job, "shows credentials of a cloud", "aws");
            return;
        }
        boolean sends = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            int at =
                    value == null
                            ? -1
                            : Math.max(value.indexOf("file://"), value.indexOf("fileb://"));
            if (value != null && at >= 0) {
                String path = value.substring(value.indexOf("://", at) + 3);
                sends = true;
                judge.file(job, Places.Touch.READ, Argument.of(path), false);
            }
        }
        if (job.constants().stream().anyMatch(word -> word.startsWith("--endpoint"))) {
            judge.shell(job, RiskTier.HIGH, "sends signed requests elsewhere").tag("network");
        }
        if (service.equals("s3")) {
            s3(job, verb, words);
            return;
        }
        if (SAVES.matcher(verb).matches()) {
            judge.file(job, Places.Touch.WRITE, job.words().getLast(), false);
        }
        if (ShownSecrets.shown("aws", List.of(service, verb), job.arguments())) {
            judge.secret(job, "shows credentials, or what programs were given", "aws").fetched =
                    true;
        }
        act(job, "aws", verb);
        judge.call.drafts.getLast().sends |= sends;
    }

    private void s3(Job job, String verb, List<Argument> words) {
        switch (verb) {
            case "ls" -> act(job, "aws", "list-objects");
            case "rm", "rb" -> act(job, "aws", "delete-objects");
            case "cp", "mv", "sync" -> {
                List<Argument> places = words.subList(Math.min(2, words.size()), words.size());
                for (int i = 0; i < places.size(); i++) {
                    boolean last = i == places.size() - 1;
                    String value = places.get(i).value();
                    if (value != null && value.startsWith("s3://")) {
                        if (last) {
                            Draft draft =
                                    judge.shell(job, RiskTier.HIGH, "sends files to a cloud")
                                            .tag("network");
                            draft.sends = true;
                            draft.sendsUnknown = true;
                        } else {
                            judge.shell(job, RiskTier.HIGH, "fetches files from a cloud")
                                    .tag("network");
                        }
                    } else if (!"-".equals(value)) {
                        judge.file(
                                job,
                                last ? Places.Touch.WRITE : Places.Touch.READ,
                                places.get(i),
                                true);
                    }
                }
                if (job.constants().contains("--delete")) {
                    act(job, "aws", "delete-objects");
                }
            }
            default -> act(job, "aws", "create-bucket");
        }
    }

    private static final Pattern ASKS =
            Pattern.compile(
                    "(describe|list|get|head|search|lookup|batch-get|select|test-(dns-answer|event-pattern|metric-filter)|simulate|validate|estimate|preview|show|check|exists|version|info|read|find|help|scan|query|wait)(-.*)?|ls|tail|filter-log-events");

    private static final Pattern ENDS =
            Pattern.compile(
                    "(delete|terminate|remove|deregister|detach|disable|purge|revoke|cancel|stop|reset|release|disassociate|schedule-key-deletion|destroy|abandon|deallocate|regenerate|undelete|rm|rb)(-.*)?");

    private static final Pattern CHANGES =
            Pattern.compile(
                    "(create|put|update|modify|attach|add|tag|enable|start|run|invoke|send|publish|copy|import|set|associate|register|restore|deploy|patch|resize|move|submit|promote|restart|assign|up|upload)(-.*)?");

    /** What puts another version of something into service. */
    private static final Pattern DEPLOYS =
            Pattern.compile(
                    "deploy.*|update-(service|function-code|environment|app.*|stack)"
                            + "|create-(deployment|stack|service)|start-deployment|run-task");

    /** A request whose verb tells what it does. */
    private void act(Job job, String name, String verb) {
        if (ASKS.matcher(verb).matches()) {
            judge.shell(job, RiskTier.LOW, "asks `" + name + "` and changes nothing")
                    .tag("network");
        } else if (ENDS.matcher(verb).matches()) {
            judge.shell(job, RiskTier.CRITICAL, "destroys or ends something in a cloud")
                    .tag("network", "destructive");
        } else if (CHANGES.matcher(verb).matches()) {
            Draft draft =
                    judge.shell(job, RiskTier.HIGH, "changes something in a cloud").tag("network");
            draft.sends = true;
            if (DEPLOYS.matcher(verb).matches()) {
                draft.tag("deploy");
            }
        } else {
            judge.opaque(job, "what `" + name + " " + Judge.cut(verb) + "` does is not known")
                    .atLeast(RiskTier.HIGH)
                    .tag("network");
        }
    }

    /** What Azure calls things that are shown with what opens them. */
    private static final Set<String> AZURE_SECRETS =
            Set.of("key", "keys", "credential", "credentials", "secret", "secrets");

    private static final Pattern SHOWS_KEY = Pattern.compile(".*\\bget-(key|auth)-string\\b.*");
    private static final Pattern AT_FILE = Pattern.compile("@[^@].*");

    private void cloud(Job job, String name) {
        List<String> words = new ArrayList<>();
        for (Argument word : job.arguments()) {
            String value = word.value();
            if (value == null || value.startsWith("-")) {
                break;
            }
            words.add(value);
        }
        if (ShownSecrets.shown(name, words, job.arguments())) {
            judge.secret(job, "shows credentials, or what programs were given", name).fetched =
                    true;
        }
        words = ShownSecrets.request(words);
        String all = String.join(" ", words);
        boolean credentials =
                all.contains("print-access-token")
                        || all.contains("print-identity-token")
                        || all.startsWith("secrets versions access")
                        || all.contains("get-access-token")
                        || all.startsWith("keyvault secret")
                        || all.contains("keys list")
                        || all.contains("get-credentials")
                        || all.contains("credential show")
                        || all.contains("list-publishing")
                        || all.contains("list-keys")
                        || all.contains("list-connection-strings")
                        || all.contains("appsettings list")
                        || all.contains("kubeconfig show")
                        || all.startsWith("iam service-accounts keys create")
                        || SHOWS_KEY.matcher(all).matches()
                        || all.contains("connection-string")
                        || (name.equals("az") && words.stream().anyMatch(AZURE_SECRETS::contains));
        if (credentials) {
            judge.secret(job, "shows credentials of a cloud", name);
            return;
        }
        boolean shell =
                all.startsWith("compute ssh")
                        || all.startsWith("compute scp")
                        || all.startsWith("ssh")
                        || all.contains("run-command")
                        || all.startsWith("sql connect")
                        || all.startsWith("app instances ssh");
        if (shell) {
            judge.shell(job, RiskTier.HIGH, "works on another machine").tag("network");
            return;
        }
        boolean sends = false;
        for (Argument word : job.arguments()) {
            String value = word.value();
            int file = value == null ? -1 : value.indexOf("-file=");
            if (value != null && (file > 0 || AT_FILE.matcher(value).matches())) {
                String path = value.substring(file > 0 ? file + 6 : 1);
                sends = true;
                judge.file(job, Places.Touch.READ, Argument.of(path), false);
            }
        }
        if (words.stream().anyMatch(word -> word.startsWith("download"))) {
            downloaded(job);
        }
        // A resource may be called `read-replica` or `list`: the worst of the verbs counts.
        String verb = "";
        for (int i = words.size() == 1 ? 0 : 1; i < words.size(); i++) {
            String word = words.get(i);
            if (isVerb(word) && (verb.isEmpty() || weight(word) > weight(verb))) {
                verb = word;
            }
        }
        act(job, name, verb.isEmpty() ? (words.isEmpty() ? "" : words.getLast()) : verb);
        judge.call.drafts.getLast().sends |= sends;
    }

    /** Where {@code az … download} puts what it brings: {@code -f FILE}, {@code -d FOLDER}. */
    private void downloaded(Job job) {
        List<Argument> words = job.arguments();
        for (int i = 0; i < words.size(); i++) {
            Argument word = words.get(i);
            String value = String.valueOf(word.value());
            int equals = value.indexOf('=');
            String option = equals < 0 ? value : value.substring(0, equals);
            switch (option) {
                case "-f", "--file", "-d", "--destination", "--dest" -> {
                    if (equals >= 0) {
                        judge.output(job, Argument.of(value.substring(equals + 1)));
                    } else if (i + 1 < words.size()) {
                        judge.output(job, words.get(i + 1));
                    }
                }
                default -> {}
            }
        }
    }

    private int weight(String verb) {
        return weights.computeIfAbsent(verb, ServiceCommands::weigh);
    }

    private static int weigh(String verb) {
        return ASKS.matcher(verb).matches()
                ? 0
                : ENDS.matcher(verb).matches() ? 3 : CHANGES.matcher(verb).matches() ? 1 : 2;
    }

    private static final Pattern VERB =
            Pattern.compile(
                    "(describe|list|get|show|read|search|info|create|update|set|add|deploy|enable|start|import|patch|resize|attach|move|submit|publish|promote|delete|remove|disable|stop|reset|destroy|abandon|purge|restart|assign|deallocate|revoke|regenerate|check|exists|version|find|invoke|up|upload|suspend|resume|failover|call|rotate|replace|clear|cancel|drain|migrate|rollback|execute|send|reboot|power|unset|activate|apply|clone|export|copy|restore|recover|kill|terminate|grant|switchover|swap|convert|trigger|rename|undelete|exec)(-.*)?");

    private boolean isVerb(String word) {
        return isVerb.computeIfAbsent(word, text -> VERB.matcher(text).matches());
    }

    // ---- databases

    private static final Pattern ONLY_SHOWS =
            Pattern.compile(
                    "`(-[a-zA-Z]|--quiet|--csv|--no-align|--tuples-only|--echo-.*|-(header|column|csv|json|line|list|table|box|markdown|batch|safe|bail))`.*");

    private void database(Job job, String name, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        boolean local = name.equals("sqlite3") || name.equals("duckdb");
        boolean readsOnly = reading.has("-readonly");
        boolean unproven = false;
        for (String problem : reading.unlisted) {
            unproven |=
                    !ONLY_SHOWS.matcher(problem).matches()
                            && !(problem.startsWith("`-p") && !local)
                            && !problem.startsWith("`-At");
        }
        if (!reading.unknown.isEmpty()) {
            judge.unproven(job, name, reading);
        } else if (unproven) {
            judge.shell(
                    job, RiskTier.MEDIUM, "runs `" + name + "`: " + reading.unlisted.getFirst());
        }
        boolean said = false;
        boolean onlyQueries = true;
        int before = judge.call.drafts.size();
        for (Reading.Bound bound : reading.bound) {
            if (bound.role().equals("codefile")) {
                judge.shell(job, RiskTier.HIGH, "runs a file in a database")
                        .opaque()
                        .tag("database");
                judge.file(job, Places.Touch.READ, bound.word(), false);
                said = true;
            } else if (bound.role().startsWith("code:")) {
                judge.code().programText(job, bound.role().substring(5), bound.word());
                said = true;
            }
        }
        for (int i = before; i < judge.call.drafts.size(); i++) {
            onlyQueries &= judge.call.drafts.get(i).risk == RiskTier.LOW;
        }
        for (Reading.Bound bound : reading.bound) {
            boolean database = local && bound.role().equals("write");
            if (database && !":memory:".equals(bound.word().value())) {
                Argument word = bound.word();
                // duckdb makes the file it is given, and locks it, whatever it is asked.
                boolean reads = onlyQueries && said && (readsOnly || !name.equals("duckdb"));
                judge.file(
                        job,
                        reads ? Places.Touch.READ : Places.Touch.WRITE,
                        new Argument(
                                word.value() == null ? null : SqlScript.databaseFile(word.value()),
                                word.written(),
                                word.glob(),
                                word.source()),
                        false);
            } else if (bound.role().equals("write")) {
                String value = bound.word().value();
                if (value != null && value.startsWith("|")) {
                    judge.script(job, Argument.of(value.substring(1)));
                } else {
                    judge.output(job, bound.word());
                }
            } else if (bound.role().equals("script")) {
                judge.script(job, bound.word());
            } else if (bound.role().equals("read")) {
                judge.shell(job, RiskTier.MEDIUM, "takes settings of `" + name + "` from a file");
                judge.file(job, Places.Touch.READ, bound.word(), false);
            }
        }
        if (!said) {
            fromInput(job, name, reading);
        }
    }

    private void fromInput(Job job, String name, Reading reading) {
        if (reading.has("-l", "--list", "-V", "--version")) {
            judge.shell(job, RiskTier.LOW, "asks a database").tag("database");
            return;
        }
        if (job.input() instanceof dev.countersign.analysis.shell.Invocation.Input.Text text
                && text.value() != null
                && !name.equals("mongosh")) {
            SqlText.judge(judge, job, String.valueOf(text.value()));
            return;
        }
        judge.opaque(job, "what `" + name + "` is told is not known")
                .atLeast(RiskTier.HIGH)
                .tag("database");
    }

    private void redis(Job job, Tool tool) {
        Reading reading = Reading.of(tool, job.arguments());
        String word = reading.positionals.isEmpty() ? null : reading.positionals.getFirst().value();
        if (reading.positionals.isEmpty()
                && reading.has("--scan")
                && reading.proven()
                && !reading.has("--pipe", "--eval", "--rdb", "--functions-rdb")) {
            judge.shell(job, RiskTier.LOW, "asks a database").tag("database");
            return;
        }
        if (word == null) {
            judge.opaque(job, "what `redis-cli` is told is not known")
                    .atLeast(RiskTier.HIGH)
                    .tag("database");
            return;
        }
        boolean more = reading.has("--pipe", "--eval", "--rdb", "--functions-rdb");
        if (more) {
            reading.values("--rdb", "--functions-rdb").forEach(file -> judge.output(job, file));
        }
        if (more || !reading.unlisted.isEmpty()) {
            judge.shell(job, RiskTier.HIGH, "does more than its words tell a database")
                    .tag("database");
        }
        Draft draft =
                switch (word.toUpperCase(Locale.ROOT)) {
                    case "GET",
                            "MGET",
                            "HGET",
                            "HGETALL",
                            "KEYS",
                            "SCAN",
                            "INFO",
                            "TTL",
                            "TYPE",
                            "LRANGE",
                            "EXISTS",
                            "PING",
                            "DBSIZE",
                            "MEMORY",
                            "SMEMBERS",
                            "ZRANGE",
                            "LLEN",
                            "SCARD" ->
                            judge.shell(job, RiskTier.LOW, "asks a database");
                    case "OBJECT" -> judge.shell(job, RiskTier.LOW, "asks a database");
                    case "FLUSHALL",
                            "FLUSHDB",
                            "SHUTDOWN",
                            "DEBUG",
                            "CONFIG",
                            "REPLICAOF",
                            "SLAVEOF",
                            "MODULE",
                            "EVAL",
                            "SCRIPT" ->
                            judge.shell(job, RiskTier.CRITICAL, "deletes or takes over a database")
                                    .tag("destructive");
                    default -> judge.shell(job, RiskTier.HIGH, "changes a database");
                };
        draft.tag("database");
    }
}
