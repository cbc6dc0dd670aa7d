package dev.countersign.cli;

import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Analyzer;
import dev.countersign.analysis.Facts;
import dev.countersign.analysis.Guarded;
import dev.countersign.call.ToolCall;
import dev.countersign.config.DataFolder;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Evaluator;
import dev.countersign.policy.PolicySnapshot;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Decides calls in this process, with no server. */
final class Judge {
    private final Tools tools;
    private final Analyzer analyzer;

    Judge(Tools tools, Path data) {
        this.tools = tools;
        analyzer = new Analyzer(Facts.NONE, guarded(tools, data));
    }

    Analysis analyze(ToolCall call) {
        return analyzer.analyze(call);
    }

    Decision decide(CallReader.Request request, Analysis analysis) {
        return Evaluator.evaluate(
                new PolicySnapshot(List.of(), ""),
                request.call(),
                analysis,
                request.at().orElseGet(() -> tools.around().clock().instant()));
    }

    /** What of ours stands on this machine, as the server itself would say it. */
    private static Guarded guarded(Tools tools, Path data) {
        List<String> folders = new ArrayList<>();
        folders.add(data.toString());
        folders.add(DataFolder.signIns(tools.around()).toString());
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
