package dev.countersign.decision;

import dev.countersign.analysis.Analysis;
import dev.countersign.analysis.Intent;
import dev.countersign.call.Context;
import dev.countersign.call.ToolCall;
import dev.countersign.ledger.CanonicalJson;
import dev.countersign.policy.Decision;
import dev.countersign.policy.Effect;
import dev.countersign.policy.Judged;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a call is after, as far as people are asked about it. */
final class Intents {
    private Intents() {}

    /**
     * The normal form of every operation that asks, each as its SHA-256 in hexadecimal digits: a
     * normal form may hold what must not be kept. Where the workspace lies does not matter.
     */
    static Set<String> asked(Analysis analysis, Decision.Ask ask, Context context) {
        List<String> keys = Intent.of(analysis, context);
        List<Judged> judged = ask.explanation().operations();
        Set<String> asked = new TreeSet<>();
        for (int i = 0; i < keys.size() && i < judged.size(); i++) {
            if (judged.get(i).effect() == Effect.ASK) {
                asked.add(digest(placed(keys.get(i), context.workspace())));
            }
        }
        return asked;
    }

    /**
     * What each operation of a call is, word for word, as a digest: for what is allowed without
     * another look. In their order.
     */
    static List<String> exact(Analysis analysis, ToolCall call) {
        Context context = call.context();
        boolean input = analysis.source().equals(call.input().toString());
        String whole =
                input ? CanonicalJson.text(CanonicalJson.exact(call.input())) : analysis.source();
        return Intent.exact(analysis, context, whole).stream()
                .map(key -> digest(placed(key, context.workspace())))
                .toList();
    }

    /** Where each operation of a call runs, with the workspace as a mark. In their order. */
    static List<String> places(Analysis analysis, Context context) {
        return Intent.places(analysis, context).stream()
                .map(place -> placed(place, context.workspace()))
                .toList();
    }

    /** Without where the workspace lies; a folder beside it whose name begins alike stays. */
    private static String placed(String key, String workspace) {
        return workspace.length() < 2
                ? key
                : key.replaceAll(
                        "(?<![^\\s\\p{Cntrl}'\"=:(\\[,])"
                                + Pattern.quote(workspace)
                                + "(?![^/\\s\\p{Cntrl}'\";&|)\\],])",
                        Matcher.quoteReplacement("\u0001"));
    }

    private static String digest(String key) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256 (this is a bug)", e);
        }
    }
}
