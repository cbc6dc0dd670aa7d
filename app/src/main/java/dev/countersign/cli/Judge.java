package dev.countersign.cli;

import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Subject;
import dev.countersign.call.ToolCall;
import dev.countersign.config.DataFolder;
import dev.countersign.config.DataPlace;
import dev.countersign.config.MachineFacts;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Details;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.ExplanationText;
import dev.countersign.policy.Policy;
import dev.countersign.policy.PolicySnapshot;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides calls in this process, with no server. */
final class Judge {
    private final Tools tools;
    private final DataPlace data;
    private final Guarded guarded;
    private Optional<Product.HeldBack> heldBack = Optional.empty();
    private boolean looked;
    private final Analyzer here;

    /** For calls of another platform, whose paths say nothing on this machine. */
    private final Analyzer elsewhere;

    private final PolicyFiles files;
    private final Map<String, PolicySnapshot> byWorkspace = new HashMap<>();
    private List<Policy> named = List.of();
    private Optional<Policy> caller = Optional.empty();

    Judge(Tools tools, DataPlace data) {
        this.tools = tools;
        this.data = data;
        guarded = guarded(tools, data.folder());
        here = new Analyzer(new MachineFacts(), guarded);
        elsewhere = new Analyzer(Facts.NONE, guarded);
        files = new PolicyFiles(tools, data, elsewhere);
    }

    PolicyFiles files() {
        return files;
    }

    /** Judges by these documents, trusted, instead of those of the workspace. */
    Judge withPolicies(List<String> paths) {
        named = files.named(paths).stream().map(PolicyFiles::usable).toList();
        return this;
    }

    /** Judges as if the nearest document named this profile and mode. */
    Judge withCaller(Optional<String> profile, Optional<String> autonomy) {
        if (profile.isPresent() || autonomy.isPresent()) {
            try {
                caller = Optional.of(Policy.caller(profile.orElse(null), autonomy.orElse(null)));
            } catch (IllegalArgumentException e) {
                throw Failure.usage(String.valueOf(e.getMessage()));
            }
        }
        return this;
    }

    Analysis analyze(ToolCall call) {
        return analyzer(call).analyze(call, applying(call).programs());
    }

    /** As a server on the data folder decides while it keeps newer built-in defaults back. */
    Decision held(CallReader.Request request, Decision decision) {
        if (!(decision instanceof Decision.Allow) || !named.isEmpty() || caller.isPresent()) {
            return decision;
        }
        // Most calls are none that could be kept back, and then nothing is read.
        if (!looked) {
            looked = true;
            heldBack = tools.product().heldBack(data, guarded);
        }
        return heldBack.map(back -> back.held(decision, request.call(), at(request)))
                .orElse(decision);
    }

    Decision decide(CallReader.Request request, Analysis analysis) {
        ToolCall call = request.call();
        return Evaluator.evaluate(applying(call), call, analysis, at(request));
    }

    /** A decision with all that took part in it. */
    String explain(CallReader.Request request, Decision decision) {
        return ExplanationText.whole(
                decision,
                Details.of(
                        applying(request.call()),
                        request.call(),
                        analyze(request.call()),
                        at(request)));
    }

    private Instant at(CallReader.Request request) {
        return request.at().orElseGet(() -> tools.around().clock().instant());
    }

    private Analyzer analyzer(ToolCall call) {
        boolean local = call.context().platform().equals(tools.around().platform());
        return local ? here : elsewhere;
    }

    /** The documents that apply to a call, which is in the project its working tree belongs to. */
    private PolicySnapshot applying(ToolCall call) {
        return policies(call).applyingTo(analyzer(call).placed(call));
    }

    /** What is in force in a workspace for an agent. */
    PolicySnapshot inForce(String workspace, String agent) {
        ToolCall call =
                new ToolCall(
                        "check",
                        "Bash",
                        Json.object(),
                        new Context(
                                workspace,
                                workspace,
                                tools.around().home().toString(),
                                Shell.BASH,
                                tools.around().platform(),
                                Map.of()),
                        Subject.local(agent),
                        null,
                        null,
                        null);
        return applying(call);
    }

    private PolicySnapshot policies(ToolCall call) {
        return byWorkspace.computeIfAbsent(call.context().workspace(), this::snapshot);
    }

    /** Read once a run, so that all calls of a batch are judged by the same text. */
    private PolicySnapshot snapshot(String workspace) {
        List<Policy> documents = new ArrayList<>(named);
        if (named.isEmpty()) {
            files.ofWorkspace(workspace).forEach(found -> documents.add(PolicyFiles.usable(found)));
        }
        caller.ifPresent(documents::add);
        return PolicySnapshot.of(documents);
    }

    /** What of ours stands on this machine, as the server itself would say it. */
    private static Guarded guarded(Tools tools, Path data) {
        List<String> folders = new ArrayList<>();
        folders.add(data.toString());
        folders.add(DataFolder.signIns(tools.around()).toString());
        folders.add(DataFolder.edge(tools.around()).toString());
        Set<String> addresses = new HashSet<>();
        Set<Long> processes = new HashSet<>();
        ServerClient.owner(data)
                .ifPresent(owner -> {
                    processes.add(owner.path("pid").asLong(0));
                    addresses.add(authority(Json.text(owner, "url")));
                });
        processes.remove(0L);
        addresses.remove("");
        return new Guarded(folders, addresses, processes);
    }

    private static String authority(String url) {
        try {
            URI address = ServerClient.address(url);
            return String.valueOf(address.getRawAuthority());
        } catch (Failure e) {
            return "";
        }
    }
}
