package dev.countersign.decision;

import dev.countersign.analysis.Facts;
import dev.countersign.analysis.ToldFacts;
import dev.countersign.call.Machine;
import dev.countersign.call.Told;
import dev.countersign.call.ToolCall;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicySnapshot;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policy files of workspaces, read again when they change. A file counts in full only once a
 * person accepted that very content; until then it can only restrict.
 */
public final class PolicyFiles implements PolicySource, WaitingFiles {
    private static final int MOST_WORKSPACES = 1_000;
    private static final int MOST_WORKSPACES_ELSEWHERE = 100;

    private static final System.Logger LOG = System.getLogger(PolicyFiles.class.getName());

    private final Documents documents;
    private final StoredPolicies stored;
    private final Map<String, Held> held =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Held> eldest) {
                    return size() > MOST_WORKSPACES;
                }
            };

    /** Of other machines, by what their files say. */
    private final Map<List<Documents.Told>, Held> byTexts =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<List<Documents.Told>, Held> eldest) {
                    return size() > MOST_WORKSPACES_ELSEWHERE;
                }
            };

    /** What tells one state of a file from another. */
    private record Stamp(String name, FileTime modified, long size, @Nullable Object fileKey) {}

    /**
     * The snapshot of a workspace, or why there is none, with the state of the stored documents and
     * of the files it was made from, and what those files said when they were good last.
     */
    private record Held(
            long number,
            List<Stamp> stamps,
            @Nullable PolicySnapshot snapshot,
            @Nullable String unreadable,
            List<WaitingFile> waiting,
            List<Policy> own,
            Map<Object, PolicySnapshot> applying) {

        Held(
                long number,
                List<Stamp> stamps,
                @Nullable PolicySnapshot snapshot,
                @Nullable String unreadable,
                List<WaitingFile> waiting,
                List<Policy> own) {
            this(number, stamps, snapshot, unreadable, waiting, own, new HashMap<>());
        }
    }

    public PolicyFiles(Documents documents, StoredPolicies stored) {
        this.documents = documents;
        this.stored = stored;
    }

    @Override
    public synchronized PolicySnapshot forCall(ToolCall call) throws Unreadable {
        Held now =
                switch (call.context().machine()) {
                    case Machine.Here() -> of(call.context().workspace());
                    case Machine.Elsewhere _ -> elsewhere(List.of());
                    case Machine.AsTold(Told told) ->
                            elsewhere(texts(call.context().workspace(), new ToldFacts(told)));
                };
        if (now.snapshot() == null) {
            throw new Unreadable(String.valueOf(now.unreadable()));
        }
        return now.snapshot().applyingTo(call, now.applying());
    }

    /**
     * What would be in force for a call under other stored documents. A workspace whose files
     * cannot be read has what was good last of them.
     */
    public Function<ToolCall, PolicySnapshot> under(StoredPolicies.State state) {
        Map<String, PolicySnapshot> known = new HashMap<>();
        return call ->
                call.context().machine() instanceof Machine.Here
                        ? known.computeIfAbsent(
                                call.context().workspace(),
                                workspace -> {
                                    Held then = read(Path.of(workspace), state, List.of());
                                    return then.snapshot() == null
                                            ? beside(state, lastGood(workspace))
                                            : then.snapshot();
                                })
                        // What other machines have in their files is not on record.
                        : known.computeIfAbsent("", _ -> beside(state, List.of()));
    }

    /** The policy files of a workspace on another machine, as it told them. */
    private static List<Documents.Told> texts(String root, Facts facts) {
        List<Documents.Told> texts = new ArrayList<>();
        for (String name : Documents.NAMES) {
            String path = root.equals("/") ? root + name : root + "/" + name;
            Optional<String> text = facts.text(path);
            boolean there = facts.kind(path) == Facts.Kind.FILE;
            if (there || text.isPresent()) {
                texts.add(new Documents.Told(path, name, text.orElse(null)));
            }
        }
        return texts;
    }

    /** What is stored here, with files that can only restrict. */
    private Held elsewhere(List<Documents.Told> files) {
        StoredPolicies.State now = stored.now();
        Held known = byTexts.get(files);
        if (known == null || known.number() != now.number()) {
            known = held(now, List.of(), documents.told(files, now.library()));
            byTexts.put(files, known);
        }
        return known;
    }

    private synchronized List<Policy> lastGood(String workspace) {
        Held last = held.get(workspace);
        return last == null ? List.of() : last.own();
    }

    private static PolicySnapshot beside(StoredPolicies.State state, List<Policy> own) {
        List<Policy> all = new ArrayList<>(state.policies());
        all.addAll(own);
        return PolicySnapshot.of(all);
    }

    @Override
    public Optional<Broken> broken(String workspace) {
        Held now = of(workspace);
        return Optional.ofNullable(now.unreadable())
                .map(why -> new Broken(why, now.snapshot() != null));
    }

    @Override
    public synchronized List<WaitingFile> waiting() {
        return held.values().stream().flatMap(h -> h.waiting().stream()).toList();
    }

    @Override
    public synchronized List<String> problems() {
        return held.entrySet().stream()
                .filter(h -> h.getValue().unreadable() != null)
                .map(h -> h.getKey() + ": " + h.getValue().unreadable())
                .toList();
    }

    @Override
    public boolean waits(String path, String sha256) {
        Path file;
        try {
            file = Path.of(path);
        } catch (InvalidPathException notAPath) {
            return false;
        }
        Path root = file.getParent();
        return root != null
                && file.isAbsolute()
                && Documents.NAMES.contains(String.valueOf(file.getFileName()))
                && of(root.toString()).waiting().stream()
                        .anyMatch(f -> f.path().equals(path) && f.sha256().equals(sha256));
    }

    @Override
    public Optional<Change> change(String path, String sha256) {
        Path file = Path.of(path);
        Path root = file.getParent();
        if (root == null || !waits(path, sha256)) {
            return Optional.empty();
        }
        List<Policy> now = new ArrayList<>(stored.now().policies());
        List<Policy> then = new ArrayList<>(now);
        boolean found = false;
        for (Documents.Found each : documents.ofWorkspace(root, stored.now().library())) {
            Optional<Policy> policy = each.result().policy();
            if (policy.isEmpty()) {
                return Optional.empty();
            }
            boolean accepts = each.path().equals(file) && each.digest().equals(sha256);
            found |= accepts;
            now.add(policy.get());
            then.add(accepts ? policy.get().withTrust(true) : policy.get());
        }
        return found
                ? Optional.of(
                        new Change(
                                root.toString(), PolicySnapshot.of(now), PolicySnapshot.of(then)))
                : Optional.empty();
    }

    @Override
    public Optional<String> content(WaitingFile file) {
        return Documents.content(Path.of(file.path()), file.sha256());
    }

    @Override
    public synchronized void accepted() {
        held.clear();
    }

    private synchronized Held of(String workspace) {
        Path root = Path.of(workspace);
        List<Stamp> stamps = stamps(root);
        StoredPolicies.State now = stored.now();
        Held known = held.get(workspace);
        if (known == null || known.number() != now.number() || !known.stamps().equals(stamps)) {
            Held fresh = read(root, now, stamps);
            if (fresh.snapshot() == null && known != null && known.snapshot() != null) {
                // What was good last stays in force beside what is stored now, and everybody is
                // told.
                LOG.log(System.Logger.Level.WARNING, "{0}: {1}", workspace, fresh.unreadable());
                fresh =
                        new Held(
                                now.number(),
                                stamps,
                                now.problems().isEmpty()
                                        ? beside(now, known.own())
                                        : known.snapshot(),
                                fresh.unreadable(),
                                known.waiting(),
                                known.own());
            }
            known = fresh;
            held.put(workspace, known);
        }
        return known;
    }

    /**
     * The folder is one of them: a link that leads nowhere is a file that cannot be read, and only
     * the folder shows without an exception that one was made.
     */
    private static List<Stamp> stamps(Path root) {
        List<Stamp> stamps = new ArrayList<>();
        add(root, "", stamps);
        for (String name : Documents.NAMES) {
            add(root.resolve(name), name, stamps);
        }
        return stamps;
    }

    private static void add(Path path, String name, List<Stamp> stamps) {
        try {
            BasicFileAttributes there =
                    path.getFileSystem()
                            .provider()
                            .readAttributesIfExists(path, BasicFileAttributes.class);
            if (there != null) {
                stamps.add(
                        new Stamp(name, there.lastModifiedTime(), there.size(), there.fileKey()));
            }
        } catch (IOException e) {
            stamps.add(new Stamp(name, FileTime.fromMillis(0), -1, null));
        }
    }

    private Held read(Path root, StoredPolicies.State now, List<Stamp> stamps) {
        return held(now, stamps, documents.ofWorkspace(root, now.library()));
    }

    private static Held held(
            StoredPolicies.State now, List<Stamp> stamps, List<Documents.Found> files) {
        if (!now.problems().isEmpty()) {
            return new Held(
                    now.number(),
                    stamps,
                    null,
                    "a policy on the server: " + String.join("; ", now.problems()),
                    List.of(),
                    List.of());
        }
        List<Policy> own = new ArrayList<>();
        List<WaitingFile> waiting = new ArrayList<>();
        for (Documents.Found found : files) {
            Optional<Policy> policy = found.result().policy();
            if (policy.isEmpty()) {
                return new Held(
                        now.number(),
                        stamps,
                        null,
                        String.join("; ", found.errors(3)),
                        List.of(),
                        List.of());
            }
            own.add(policy.get());
            if (!policy.get().waiting().isEmpty()) {
                waiting.add(
                        new WaitingFile(
                                found.path().toString(), found.digest(), policy.get().waiting()));
            }
        }
        return new Held(now.number(), stamps, beside(now, own), null, waiting, own);
    }
}
