package dev.countersign.call;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation acts on. */
public sealed interface Resource {

    /** A named part that rules can match; a null value is one that cannot be known. */
    record Field(String name, @Nullable String value) {}

    /** The parts under the names rules and JSON use, most telling first. */
    List<Field> fields();

    /**
     * A file, a directory with all below it, or a glob that stands for what it may match.
     *
     * @param written absolute path as written, {@code .} and {@code ..} taken out, or null when it
     *     is not constant
     * @param resolved the same with symbolic links followed, or null when it is not constant
     * @param outside whether it is, either way, not below the workspace; true when unknown
     * @param whole whether everything below is meant too
     * @param from where it was before, for what is moved within the workspace; else null
     */
    record Path(
            @Nullable String written,
            @Nullable String resolved,
            boolean outside,
            boolean whole,
            @Nullable Path from)
            implements Resource {
        public Path(
                @Nullable String written,
                @Nullable String resolved,
                boolean outside,
                boolean whole) {
            this(written, resolved, outside, whole, null);
        }

        /** The same, brought there from {@code before}: what was one file there is one here. */
        public Path movedFrom(Path before) {
            return new Path(written, resolved, outside, whole && before.whole, before);
        }

        @Override
        public List<Field> fields() {
            Field path = new Field("path", written);
            Field place = new Field("resolved", resolved);
            return from == null
                    ? List.of(path, place)
                    : List.of(path, place, new Field("from", from.written));
        }
    }

    /** A git repository, and the remote and branch an operation reaches, as far as known. */
    record Repository(@Nullable String remote, @Nullable String branch) implements Resource {
        @Override
        public List<Field> fields() {
            return List.of(new Field("remote", remote), new Field("branch", branch));
        }
    }

    /** A program that runs. */
    record Program(@Nullable String name) implements Resource {
        @Override
        public List<Field> fields() {
            return List.of(new Field("program", name));
        }
    }

    /** Something on the network. */
    record Web(@Nullable String url, @Nullable String host) implements Resource {
        @Override
        public List<Field> fields() {
            return List.of(new Field("host", host), new Field("url", url));
        }
    }

    /**
     * A tool of an MCP server, or a tool nobody told us about (server null, known to be absent).
     *
     * @param attributes what else the caller said of what it is used on, each under its own name
     */
    record Tool(@Nullable String server, String tool, List<Field> attributes) implements Resource {
        public Tool {
            attributes = List.copyOf(attributes);
        }

        public Tool(@Nullable String server, String tool) {
            this(server, tool, List.of());
        }

        @Override
        public List<Field> fields() {
            List<Field> fields = new ArrayList<>(attributes.size() + 2);
            if (server != null) {
                fields.add(new Field("server", server));
            }
            fields.add(new Field("tool", tool));
            fields.addAll(attributes);
            return fields;
        }
    }

    /** Anything else that has a kind and a name: a skill, a subagent, a schedule, a query. */
    record Named(String kind, @Nullable String name) implements Resource {
        @Override
        public List<Field> fields() {
            return List.of(new Field(kind, name));
        }
    }
}
