package dev.countersign.call;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a machine says of itself with a call: what the analyser would ask it, with the answers.
 * Nobody checked it, so it can only make a verdict stricter.
 *
 * @param platform {@code linux}, {@code macos} or {@code windows}
 * @param home absolute home directory of the user the agent runs as
 * @param shell the language of command strings
 * @param workspace absolute root of the work, or null where there is none
 * @param guarded what of Countersign runs there
 * @param answers in the order they were given
 * @param complete whether all answers are there; otherwise there were too many to send
 * @param settings what a changed settings file of the client would weaken, or null when none
 *     changed
 * @param anyProject whether the token leaves it to the workspace which project it is
 */
public record Told(
        String platform,
        String home,
        Shell shell,
        @Nullable String workspace,
        Guard guarded,
        List<Answer> answers,
        boolean complete,
        @Nullable List<String> settings,
        boolean anyProject) {

    /**
     * What an agent must not touch there.
     *
     * @param folders absolute paths
     * @param addresses {@code host:port}
     * @param processes their ids
     */
    public record Guard(List<String> folders, Set<String> addresses, Set<Long> processes) {
        public static final Guard NONE = new Guard(List.of(), Set.of(), Set.of());

        public Guard {
            folders = List.copyOf(folders);
            addresses = Set.copyOf(addresses);
            processes = Set.copyOf(processes);
        }
    }

    /** What is asked of a path. */
    public enum Ask {
        /** Where it leads once links are followed: one path. */
        RESOLVE,
        /** What stands there: {@code file}, {@code directory} or {@code missing}. */
        KIND,
        /** The same for who opens it, so that a link that leads nowhere is missing. */
        OPENED,
        /** The text of a small file. */
        TEXT,
        /** The names in a directory. */
        LIST,
        /** Those of them that are links. */
        LINKS;

        public String wire() {
            return LowerCase.of(name());
        }
    }

    /**
     * One answer.
     *
     * @param path absolute
     * @param values one text, or the names of a directory
     */
    public record Answer(Ask ask, String path, List<String> values) {
        public Answer {
            values = List.copyOf(values);
        }
    }

    public Told {
        answers = List.copyOf(answers);
        settings = settings == null ? null : List.copyOf(settings);
    }

    /** The same, of a token that leaves the project open or not. */
    public Told withAnyProject(boolean any) {
        return new Told(
                platform, home, shell, workspace, guarded, answers, complete, settings, any);
    }

    /** The same with other answers. */
    public Told withAnswers(List<Answer> others) {
        return new Told(
                platform, home, shell, workspace, guarded, others, complete, settings, anyProject);
    }
}
