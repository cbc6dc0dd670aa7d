package dev.countersign.analysis.shell;

import dev.countersign.call.Context;
import dev.countersign.call.Span;
import java.util.List;

/** Turns shell text into the simple commands it would run. */
public final class ShellText {
    private ShellText() {}

    /**
     * Evaluates {@code text} in the language of {@code context.shell()}, starting in {@code
     * context.cwd()} with {@code context.environment()} as the known variables. Never throws;
     * bounded in size, depth and steps.
     */
    public static Evaluation evaluate(String text, Context context) {
        return new Evaluation(
                List.of(),
                List.of(
                        new Evaluation.Unknown(
                                "shell text is not parsed yet in " + context.cwd(),
                                new Span(0, text.length()))));
    }
}
