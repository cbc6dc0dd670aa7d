package dev.countersign.decision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.analysis.Analyzer;
import dev.countersign.ledger.Sha256;
import dev.countersign.policy.Level;
import dev.countersign.policy.Library;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicyProblem;
import dev.countersign.policy.PolicyReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Policy documents as files: those somebody names, and those of a workspace. */
public final class Documents {
    /** What is looked for in the root of a workspace. */
    public static final List<String> NAMES =
            List.of("countersign.yaml", "codeflow.json", "opencode.json");

    /** The one of them that another program keeps its settings in. */
    private static final String SETTINGS_TOO = "opencode.json";

    private static final ObjectMapper SETTINGS =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();

    /** A character may take four bytes. */
    static final long MOST_BYTES = 4L * PolicyReader.MAX_LENGTH;

    private final PolicyReader.Examples examples;
    private final BiPredicate<String, String> accepted;

    /**
     * A document as it was found.
     *
     * @param path absolute
     * @param result what came of reading it; a file that cannot be read is an error at its first
     *     character
     */
    public record Found(Path path, PolicyReader.Result result) {

        /** The 64 hexadecimal digits a person accepts; there must be a document. */
        public String digest() {
            String hash = result.policy().orElseThrow().hash();
            return hash.substring(hash.indexOf(':') + 1);
        }

        /** The errors, at most this many, in words. */
        public List<String> errors(int most) {
            return result.problems().stream()
                    .filter(PolicyProblem::error)
                    .limit(most)
                    .map(PolicyProblem::toString)
                    .toList();
        }
    }

    /**
     * Wires it to what it must ask.
     *
     * @param analyzer judges the examples of command rules
     * @param accepted whether a person accepted the content with this SHA-256 (64 hexadecimal
     *     digits) of the file at this absolute path
     */
    public Documents(Analyzer analyzer, BiPredicate<String, String> accepted) {
        Analyzer apart = analyzer.apart();
        examples = (call, programs) -> Optional.of(apart.analyze(call, programs).operations());
        this.accepted = accepted;
    }

    /** How examples in documents are judged. */
    public PolicyReader.Examples examples() {
        return examples;
    }

    /** A document somebody named: trusted by that. */
    public Found named(Path file, String shown) {
        return named(List.of(new Name(file, shown))).getFirst();
    }

    /**
     * A file somebody names.
     *
     * @param path absolute
     * @param shown as it was written
     */
    public record Name(Path path, String shown) {}

    /** Documents somebody named together: each may use what the others define. */
    public List<Found> named(List<Name> names) {
        return read(names, Library.builtIn(), true);
    }

    /** The documents of a workspace, each as trusted as a person made that very content. */
    public List<Found> ofWorkspace(Path root) {
        return ofWorkspace(root, Library.builtIn());
    }

    /** The same, where more is defined than what is built in. */
    public List<Found> ofWorkspace(Path root, Library library) {
        List<Name> names = new ArrayList<>();
        for (String name : NAMES) {
            Path file = root.resolve(name);
            // Also a dangling link: what is there and cannot be read must not be passed over.
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isSettings(name, file)) {
                names.add(new Name(file, name));
            }
        }
        return read(names, library, false).stream().map(this::ofProject).toList();
    }

    /**
     * A file of a workspace on another machine.
     *
     * @param text what stands in it, or null when that is not known
     */
    record Told(String path, String name, @Nullable String text) {}

    /** Whether a file of a workspace is there and is the settings of another program alone. */
    private static boolean isSettings(String name, Path file) {
        StringBuilder text = new StringBuilder();
        return name.equals(SETTINGS_TOO)
                && problem(file, false, text).isEmpty()
                && isSettings(name, text.toString());
    }

    /** opencode keeps its permissions among its settings; without any, the file is no policy. */
    static boolean isSettings(String name, String text) {
        if (!name.equals(SETTINGS_TOO)) {
            return false;
        }
        try {
            return SETTINGS.readTree(text) instanceof ObjectNode settings
                    && !settings.has("permission")
                    && !settings.has("agent")
                    && !settings.has("policy");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** The documents of such a workspace; nobody accepted them, so they can only restrict. */
    List<Found> told(List<Told> all, Library library) {
        List<Told> files =
                all.stream()
                        .filter(file ->
                                file.text() == null || !isSettings(file.name(), file.text()))
                        .toList();
        List<PolicyReader.Text> texts = new ArrayList<>();
        for (Told file : files) {
            if (file.text() != null) {
                texts.add(new PolicyReader.Text(file.name(), file.text(), Level.PROJECT, false));
            }
        }
        Iterator<PolicyReader.Result> results =
                PolicyReader.read(texts, library, examples, PolicyReader.MAX_LENGTH).iterator();
        List<Found> found = new ArrayList<>();
        for (Told file : files) {
            Path path = Path.of(file.path());
            if (file.text() == null) {
                found.add(unreadable(path, file.name(), "it cannot be read"));
            } else {
                PolicyReader.Result result = results.next();
                found.add(
                        new Found(
                                path,
                                new PolicyReader.Result(
                                        result.policy()
                                                .map(policy ->
                                                        policy.withLevel(Level.PROJECT)
                                                                .withTrust(false)),
                                        result.problems())));
            }
        }
        return found;
    }

    /** A repository's file stands at its project, whatever level it claims. */
    private Found ofProject(Found found) {
        Optional<Policy> policy = found.result().policy();
        if (policy.isEmpty()) {
            return found;
        }
        boolean trust = accepted.test(found.path().toString(), found.digest());
        return new Found(
                found.path(),
                new PolicyReader.Result(
                        Optional.of(policy.get().withLevel(Level.PROJECT).withTrust(trust)),
                        found.result().problems()));
    }

    private List<Found> read(List<Name> names, Library library, boolean trusted) {
        List<PolicyReader.Text> texts = new ArrayList<>();
        List<Optional<String>> problems = new ArrayList<>();
        for (Name name : names) {
            StringBuilder text = new StringBuilder();
            Optional<String> problem = problem(name.path(), trusted, text);
            problems.add(problem);
            if (problem.isEmpty()) {
                texts.add(
                        new PolicyReader.Text(
                                name.shown(), text.toString(), Level.PROJECT, trusted));
            }
        }
        Iterator<PolicyReader.Result> results =
                PolicyReader.read(texts, library, examples, PolicyReader.MAX_LENGTH).iterator();
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Name name = names.get(i);
            found.add(
                    problems.get(i)
                            .map(why -> unreadable(name.path(), name.shown(), why))
                            .orElseGet(() -> new Found(name.path(), results.next())));
        }
        return found;
    }

    /** Why a file cannot be read, or nothing and its text. */
    private static Optional<String> problem(Path file, boolean trusted, StringBuilder text) {
        try {
            if (!Files.exists(file)) {
                return Optional.of("there is no such file");
            }
            // A pipe would be waited for, and a device never ends; a person may name one all the
            // same.
            if (!trusted && !Files.isRegularFile(file)) {
                return Optional.of("it is not a regular file");
            }
            // What is wrong in a file is told to the agent, with the words that stand there: no
            // link makes that a file which only we may read.
            if (!trusted && leadsOut(file)) {
                return Optional.of(
                        "it is a link that leads out of the folder; put the file itself there");
            }
            if (Files.size(file) > MOST_BYTES) {
                return Optional.of("larger than a policy document may be");
            }
            text.append(Files.readString(file));
            return !trusted && leadsOut(file) ? Optional.of("it cannot be read") : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of("it is not UTF-8 text");
        } catch (IOException e) {
            return Optional.of("it cannot be read");
        }
    }

    private static boolean leadsOut(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && !file.toRealPath().startsWith(folder.toRealPath());
    }

    /** What a file says, when it has this very content. */
    static Optional<String> content(Path file, String sha256) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return Optional.empty();
            }
            String text = Files.readString(file);
            return Sha256.hex(text).equals(sha256) ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Found unreadable(Path file, String shown, String why) {
        return new Found(
                file,
                new PolicyReader.Result(
                        Optional.empty(), List.of(new PolicyProblem(shown, 1, 1, why, true))));
    }
}
