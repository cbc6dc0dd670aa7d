package dev.countersign.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a client without HTTP hooks is told to run the sender before every tool call: which files it
 * reads, and what has to stand in them. Pure; nothing is read or written here.
 *
 * @param title as people call the client
 * @param programs names of its program, for the search path
 * @param tried the version it was tried with, or how else its behaviour is known
 * @param layout what stands where
 * @param canary the event at which a tool call is decided, and the call that proves the wiring
 * @param gaps what its hooks do not see or cannot do, a sentence each
 */
public record Setup(
        String title,
        List<String> programs,
        String tried,
        Layout layout,
        Canaried canary,
        List<String> gaps) {
    public Setup {
        programs = List.copyOf(programs);
        gaps = List.copyOf(gaps);
    }

    /** Seconds a client is told to wait; longer than any question to people stands by default. */
    static final int PATIENCE = 3_600;

    /** Seconds for what is only told and never held. */
    static final int OBSERVED = 30;

    /** Where settings are: nobody's, one project's or everybody's. */
    public enum Level {
        USER,
        PROJECT,
        MANAGED;

        /** As the command line names it. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where things are on this machine.
     *
     * @param home of the user
     * @param project the folder of the project
     * @param platform {@code linux}, {@code macos} or {@code windows}
     * @param variable what is set in the environment
     */
    public record Homes(
            Path home, Path project, String platform, Function<String, Optional<String>> variable) {

        /** The user's folder of a client, which a variable may have moved. */
        Path folder(String name, String moved) {
            return variable.apply(moved)
                    .filter(text -> !text.isBlank())
                    .map(home::resolve)
                    .orElseGet(() -> home.resolve(name));
        }
    }

    /** What stands where; none where the client has no such place. */
    @FunctionalInterface
    public interface Layout {
        List<Part> at(Level level, Homes homes, Sending sending);
    }

    /**
     * One file of a wiring.
     *
     * @param file where it is
     * @param content what of it is ours
     */
    public record Part(Path file, Content content) {}

    /** What of a file is ours. */
    public sealed interface Content {
        /**
         * Entries in the lists of {@code hooks} of a JSON file, by event.
         *
         * @param beside members the client wants beside them, added where there are none
         * @param switches members below {@code hooksConfig} and their like that take hooks away, by
         *     their path, with what they must be
         * @param pinned whether they have to stand there, since who changes other settings of the
         *     client could set them otherwise
         */
        record Entries(
                Map<String, ObjectNode> hooks,
                Map<String, JsonNode> beside,
                Map<String, Boolean> switches,
                boolean pinned)
                implements Content {
            /** With no switches. */
            Entries(Map<String, ObjectNode> hooks, Map<String, JsonNode> beside) {
                this(hooks, beside, Map.of(), false);
            }
        }

        /**
         * A file of our own.
         *
         * @param executable whether the client runs it
         */
        record Whole(String text, boolean executable) implements Content {}

        /** Lines in a TOML file: in front of every table, within a table, and at the end. */
        record Lines(Map<String, String> pinned, String end) implements Content {}
    }

    /** The call that proves a wiring. */
    public record Canaried(String event, Function<String, ObjectNode> body) {}
}
