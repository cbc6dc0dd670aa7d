package dev.countersign.policy;

import dev.countersign.call.Action;
import dev.countersign.call.Affiliation;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Domain;
import dev.countersign.call.Operation;
import dev.countersign.call.Resource;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One part of a selector. A permissive rule asks whether an operation is {@link #covers covered}
 * (all of it, and surely), a restrictive one whether it is {@link #touches touched} (any of it, or
 * perhaps).
 */
public sealed interface Condition {

    boolean covers(Subjected operation);

    boolean touches(Subjected operation);

    /** Whether all this selects is surely selected by {@code wide} as well. */
    boolean within(Condition wide);

    /** Whether it leaves open what is done: such a rule pre-approves at most medium risk. */
    boolean blanket();

    /** Actions by name or pattern. Every operation of a shell command also answers to shell_run. */
    record Actions(Set<Action> actions) implements Condition {
        public Actions {
            actions = Set.copyOf(actions);
        }

        @Override
        public boolean covers(Subjected operation) {
            Operation op = operation.operation();
            return actions.contains(op.action())
                    || (actions.contains(Action.SHELL_RUN) && op.command() != null);
        }

        /** Whether a shell command is meant as such, and not by what it does. */
        boolean asShell(Operation op) {
            return !actions.contains(op.action())
                    || (op.action() == Action.SHELL_RUN && actions.size() == 1);
        }

        @Override
        public boolean touches(Subjected operation) {
            Operation op = operation.operation();
            if (actions.contains(op.action())
                    || (op.command() != null && actions.contains(Action.SHELL_RUN))) {
                return true;
            }
            // What git does to a file is also something that git does.
            if (actions.contains(op.cell())) {
                return true;
            }
            for (Action action : actions) {
                if (action.covers(op.action())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Actions(Set<Action> other) && other.containsAll(actions);
        }

        @Override
        public boolean blanket() {
            return actions.contains(Action.SHELL_RUN);
        }
    }

    /**
     * The simple command an operation stands in.
     *
     * @param patterns any of them
     * @param further whether more arguments than written are meant: in a restrictive rule
     */
    record Command(List<CommandPattern> patterns, boolean further) implements Condition {
        public Command {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            Operation op = operation.operation();
            CommandLine command = op.command();
            if (command == null) {
                return false;
            }
            for (CommandPattern pattern : patterns) {
                if (operation.matches().covers(pattern, command, further)
                        && reach(op, pattern)
                        && named(operation, pattern)) {
                    return true;
                }
            }
            return false;
        }

        Command written() {
            return new Command(patterns, false);
        }

        /** The program's own operations only, with nothing set in front and no unnamed wrapper. */
        static boolean reach(Operation op, @Nullable CommandPattern pattern) {
            if (op.origin() != Operation.Origin.PROGRAM) {
                return false;
            }
            CommandLine command = op.command();
            return command == null
                    || (!command.assignments() && (pattern != null || command.wrapper() == null));
        }

        /** What is outside, secret or prod must be named word by word. */
        static boolean named(Subjected subjected, @Nullable CommandPattern pattern) {
            for (String word : subjected.handed()) {
                if (pattern == null || !pattern.names(word)) {
                    return false;
                }
            }
            boolean sensitive =
                    subjected.tags().contains("secret") || subjected.tags().contains("prod");
            Resource resource = subjected.operation().resource();
            if (!sensitive && !(resource instanceof Resource.Path path && leaves(path))) {
                return true;
            }
            if (pattern == null) {
                return false;
            }
            return switch (resource) {
                // Also for a pattern without wildcards: what a script body reaches, no word of it
                // names.
                case Resource.Path path ->
                        namesPath(subjected, pattern, path)
                                && (path.from() == null
                                        || namesPath(subjected, pattern, path.from()));
                case Resource.Web web ->
                        pattern.exact()
                                || (web.host() != null && pattern.names(web.host()))
                                || (web.url() != null && pattern.names(web.url()));
                case Resource.Repository _, Resource.Program _, Resource.Tool _, Resource.Named _ ->
                        pattern.exact();
            };
        }

        private static boolean leaves(Resource.Path path) {
            return path.outside() || (path.from() != null && path.from().outside());
        }

        private static boolean namesPath(
                Subjected subjected, CommandPattern pattern, Resource.Path path) {
            String written = path.written();
            if (written == null) {
                return false;
            }
            for (Glob literal : pattern.literals()) {
                String word = literal.toString();
                String absolute =
                        word.startsWith("/")
                                ? word
                                : word.startsWith("~/")
                                        ? subjected.call().context().home() + word.substring(1)
                                        : subjected.call().context().cwd() + "/" + word;
                if (Paths.normal(absolute).equals(written)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean touches(Subjected operation) {
            Operation op = operation.operation();
            CommandLine command = op.command();
            if (command == null) {
                return op.opaque() && op.action() == Action.SHELL_RUN;
            }
            for (CommandPattern pattern : patterns) {
                if (operation.matches().touches(pattern, command)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Command(List<CommandPattern> others, boolean otherFurther)
                    && patterns.stream()
                            .allMatch(p ->
                                    others.stream()
                                            .anyMatch(o -> p.within(further, o, otherFurther)));
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(CommandPattern::blank);
        }
    }

    /** Paths of files. */
    record Paths(List<PathPattern> patterns) implements Condition {
        private static final Set<String> NAMES_ONLY =
                Set.of("find", "fd", "fdfind", "ls", "dir", "vdir", "tree", "du", "Get-ChildItem");

        public Paths {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            if (!(operation.operation().resource() instanceof Resource.Path path)) {
                return false;
            }
            return covers(path, operation)
                    && (path.from() == null || covers(path.from(), operation));
        }

        private boolean covers(Resource.Path path, Subjected operation) {
            boolean read = operation.operation().action() == Action.FILE_READ;
            for (PathPattern pattern : patterns) {
                if (pattern.covers(path, read, operation.call().context())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean touches(Subjected operation) {
            if (!(operation.operation().resource() instanceof Resource.Path path)) {
                return false;
            }
            return touches(path, operation)
                    || (path.from() != null && touches(path.from(), operation));
        }

        private boolean touches(Resource.Path path, Subjected operation) {
            boolean read = operation.operation().action() == Action.FILE_READ;
            for (PathPattern pattern : patterns) {
                Resource.Path seen =
                        path.whole()
                                        && (regenerated(operation.operation(), pattern)
                                                || (read && namesOnly(operation.operation()))
                                                || (renames(operation.operation())
                                                        && !pattern.leadsThrough(path))
                                                || (read
                                                        && hidden(pattern)
                                                        && skipsHidden(operation)))
                                ? new Resource.Path(
                                        path.written(), path.resolved(), path.outside(), false)
                                : path;
                if (pattern.touches(seen, read, operation.call().context())) {
                    return true;
                }
            }
            return false;
        }

        /**
         * What a build makes again holds nothing that only may be there: a name that can stand at
         * any depth is not looked for in it.
         */
        private static boolean regenerated(Operation op, PathPattern pattern) {
            return op.cell() == Action.FILE_WRITE
                    && op.action() == Action.FILE_DELETE
                    && pattern.anchor() == PathPattern.Anchor.ANYWHERE;
        }

        /**
         * Takes another name and is not opened: a name that can stand at any depth is not looked
         * for below it.
         */
        private static boolean renames(Operation op) {
            return op.cell() == Action.FILE_WRITE && op.action() == Action.FILE_READ;
        }

        /** These show names and sizes below a folder, and open none of the files there. */
        private static boolean namesOnly(Operation op) {
            CommandLine command = op.command();
            if (command == null
                    || command.words().isEmpty()
                    || op.origin() != Operation.Origin.PROGRAM) {
                return false;
            }
            String program = command.words().getFirst().value();
            return program != null
                    && NAMES_ONLY.contains(program.substring(program.lastIndexOf('/') + 1));
        }

        /** These open no file whose name starts with a dot, however much they read. */
        private static boolean skipsHidden(Subjected operation) {
            CommandLine command = operation.operation().command();
            if (command == null) {
                return true;
            }
            if (command.words().isEmpty()) {
                return false;
            }
            String program = command.words().getFirst().value();
            if (!"rg".equals(program) && !"ag".equals(program) && !"fd".equals(program)) {
                return false;
            }
            for (Argument argument : command.words()) {
                String value = argument.value();
                if (value == null
                        || value.equals("--hidden")
                        || value.startsWith("--unrestricted")
                        || value.startsWith("-u")
                        || value.equals("-.")
                        || value.equals("-H")) {
                    return false;
                }
            }
            return true;
        }

        private static boolean hidden(PathPattern pattern) {
            String text = pattern.text();
            return text.substring(text.lastIndexOf('/') + 1).startsWith(".") && !text.equals(".");
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Paths(List<PathPattern> others)
                    && patterns.stream().allMatch(p -> others.stream().anyMatch(p::within));
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(PathPattern::blank);
        }

        /** An absolute path without {@code .} and {@code ..}. */
        static String normal(String absolute) {
            java.util.ArrayDeque<String> parts = new java.util.ArrayDeque<>();
            for (String part : absolute.split("/", -1)) {
                if (part.equals("..")) {
                    parts.pollLast();
                } else if (!part.isEmpty() && !part.equals(".")) {
                    parts.addLast(part);
                }
            }
            return "/" + String.join("/", parts);
        }
    }

    /** Hosts and addresses on the network. */
    record Hosts(List<WebPattern> patterns) implements Condition {
        public Hosts {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            if (!(operation.operation().resource() instanceof Resource.Web web)) {
                return false;
            }
            for (WebPattern pattern : patterns) {
                if (pattern.covers(web.url(), web.host())) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean touches(Subjected operation) {
            Operation op = operation.operation();
            if (op.resource() instanceof Resource.Web web) {
                for (WebPattern pattern : patterns) {
                    if (pattern.touches(web.url(), web.host())) {
                        return true;
                    }
                }
                return false;
            }
            CommandLine command = op.command();
            if (command == null || !mayConnect(op)) {
                return false;
            }
            // Other clients of the network name their host somewhere among their words.
            boolean connects = op.tags().contains("network");
            for (Argument argument : command.words()) {
                String value = argument.value();
                if (value == null) {
                    if (connects) {
                        return true;
                    }
                } else if (names(value)) {
                    return true;
                }
            }
            return false;
        }

        private boolean names(String word) {
            for (String part : word.split("[@:/\\\\=,]", -1)) {
                boolean text = part.isEmpty() || part.indexOf(' ') >= 0;
                for (WebPattern pattern : patterns) {
                    if (!text && pattern.touches(null, part)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** What is known to use the network, and programs of which nobody knows. */
        static boolean mayConnect(Operation op) {
            return op.tags().contains("network")
                    || (op.action() == Action.SHELL_RUN && op.risk().atLeast(RiskTier.MEDIUM));
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Hosts(List<WebPattern> others)
                    && patterns.stream().allMatch(p -> others.stream().anyMatch(p::within));
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(WebPattern::blank);
        }
    }

    /**
     * A named part of what is acted on.
     *
     * @param name the part: {@code branch}, {@code remote}, {@code server}, …; {@code name} is the
     *     most telling one
     * @param patterns any of them
     */
    record Field(String name, List<Glob> patterns) implements Condition {
        public Field {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            return matches(operation, false);
        }

        @Override
        public boolean touches(Subjected operation) {
            return matches(operation, true);
        }

        private boolean matches(Subjected operation, boolean unknown) {
            for (Resource.Field field : operation.operation().resource().fields()) {
                if (!name.equals("name") && !name.equals(field.name())) {
                    continue;
                }
                String value = field.value();
                if (value == null) {
                    return unknown;
                }
                String plain = value;
                if (name.equals("branch") && plain.startsWith("refs/heads/")) {
                    plain = plain.substring("refs/heads/".length());
                }
                if (Glob.any(patterns, plain)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Field(String other, List<Glob> others)
                    && other.equals(name)
                    && Glob.within(patterns, others);
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(Glob::blank);
        }
    }

    /** The client's own name of the tool, or the tool of an MCP server. */
    record Tool(List<Glob> patterns) implements Condition {
        public Tool {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            return Glob.any(patterns, operation.call().tool())
                    || (operation.operation().resource() instanceof Resource.Tool tool
                            && (Glob.any(patterns, tool.tool())
                                    || Glob.any(patterns, tool.server() + "/" + tool.tool())));
        }

        /** Also by the name most clients would give it; of a server nobody knows, any. */
        @Override
        public boolean touches(Subjected operation) {
            if (covers(operation)) {
                return true;
            }
            String called = operation.call().tool();
            return switch (operation.operation().resource()) {
                case Resource.Tool tool when tool.server() != null ->
                        Glob.any(patterns, "mcp__" + tool.server() + "__" + tool.tool());
                case Resource.Named named when named.kind().equals("server") ->
                        patterns.stream()
                                .map(Glob::toString)
                                .filter(pattern -> pattern.startsWith("mcp__"))
                                .map(pattern -> pattern.substring(pattern.indexOf("__", 5) + 2))
                                .anyMatch(pattern ->
                                        Glob.word(pattern)
                                                .matches(
                                                        called.substring(called.indexOf(':') + 1)));
                case Resource.Tool _,
                        Resource.Named _,
                        Resource.Path _,
                        Resource.Repository _,
                        Resource.Program _,
                        Resource.Web _ ->
                        false;
            };
        }

        @Override
        public boolean within(Condition wide) {
            return wide instanceof Tool(List<Glob> others) && Glob.within(patterns, others);
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(Glob::blank);
        }
    }

    /** Paths of files that are, or may be, outside the workspace. */
    record Outside() implements Condition {
        @Override
        public boolean covers(Subjected operation) {
            return operation.operation().resource() instanceof Resource.Path path
                    && path.outside()
                    && (path.from() == null || path.from().outside());
        }

        @Override
        public boolean touches(Subjected operation) {
            return operation.operation().resource() instanceof Resource.Path path
                    && (path.outside() || (path.from() != null && path.from().outside()));
        }

        @Override
        public boolean within(Condition wide) {
            return wide.equals(this);
        }

        @Override
        public boolean blanket() {
            return false;
        }
    }

    /** Risk tiers: in a restrictive rule the named one and above, in an allow and below. */
    record Risk(Set<RiskTier> tiers) implements Condition {
        public Risk {
            tiers = Set.copyOf(tiers);
        }

        @Override
        public boolean covers(Subjected operation) {
            return tiers.contains(operation.risk());
        }

        @Override
        public boolean touches(Subjected operation) {
            return covers(operation);
        }

        @Override
        public boolean within(Condition wide) {
            return wide.equals(this);
        }

        @Override
        public boolean blanket() {
            return false;
        }
    }

    /** Tags, built in and own. */
    record Tag(List<Glob> patterns) implements Condition {
        public Tag {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            for (String tag : operation.tags()) {
                if (Glob.any(patterns, tag)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean touches(Subjected operation) {
            return covers(operation);
        }

        @Override
        public boolean within(Condition wide) {
            return wide.equals(this);
        }

        @Override
        public boolean blanket() {
            return patterns.stream().anyMatch(Glob::blank);
        }
    }

    /** Domains of actions. */
    record InDomain(Set<Domain> domains) implements Condition {
        public InDomain {
            domains = Set.copyOf(domains);
        }

        @Override
        public boolean covers(Subjected operation) {
            return domains.contains(operation.operation().action().domain());
        }

        @Override
        public boolean touches(Subjected operation) {
            Operation op = operation.operation();
            return domains.contains(op.action().domain())
                    || (op.command() != null && domains.contains(Domain.SHELL));
        }

        @Override
        public boolean within(Condition wide) {
            return wide.equals(this);
        }

        @Override
        public boolean blanket() {
            return domains.contains(Domain.SHELL);
        }
    }

    /**
     * Who acts.
     *
     * @param role {@code agent}, {@code client}, {@code person} or {@code team}
     * @param patterns any of them
     */
    record Who(String role, List<Glob> patterns) implements Condition {
        public Who {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean covers(Subjected operation) {
            return matches(operation, false);
        }

        @Override
        public boolean touches(Subjected operation) {
            return matches(operation, true);
        }

        private boolean matches(Subjected operation, boolean unknown) {
            return switch (role) {
                case "client" -> Glob.any(patterns, operation.call().client());
                case "agent" -> {
                    String type = operation.call().subject().agentType();
                    // A subagent has the reach of its parent at most, so only rules that restrict
                    // follow its type as well.
                    yield Glob.any(patterns, operation.call().subject().agent())
                            || (unknown && type != null && Glob.any(patterns, type));
                }
                case "team" -> team(operation.call().subject().affiliation(), unknown);
                default -> {
                    String person = operation.call().subject().person();
                    yield person == null ? unknown : Glob.any(patterns, person);
                }
            };
        }

        /** The agent or the project is in it; rules that restrict follow the driver as well. */
        private boolean team(@Nullable Affiliation affiliation, boolean unknown) {
            if (affiliation == null) {
                return unknown;
            }
            boolean there = affiliation.teams().stream().anyMatch(team -> Glob.any(patterns, team));
            return there
                    || (unknown
                            && (affiliation.driversTeams().stream()
                                            .anyMatch(team -> Glob.any(patterns, team))
                                    || affiliation.known().stream()
                                            .noneMatch(team -> Glob.any(patterns, team))));
        }

        @Override
        public boolean within(Condition wide) {
            return wide.equals(this);
        }

        @Override
        public boolean blanket() {
            return true;
        }
    }
}
