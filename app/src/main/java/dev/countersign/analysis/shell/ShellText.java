package dev.countersign.analysis.shell;

import dev.countersign.analysis.shell.Evaluation.Unknown;
import dev.countersign.call.Argument;
import dev.countersign.call.Context;
import dev.countersign.call.Shell;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Turns shell text into the simple commands it would run. */
public final class ShellText {
    /** The longest text that is looked at, in UTF-16 units. */
    public static final int MAX_LENGTH = 256 * 1024;

    /** The value of a variable in a context that is known to be another than the session's. */
    public static final String UNSURE = "\0";

    /** The value of a variable in a context that is known not to be set. */
    public static final String UNSET = "\0unset";

    private ShellText() {}

    /**
     * Evaluates {@code text} in the language of {@code context.shell()}, starting in {@code
     * context.cwd()} with {@code context.environment()} as the known variables. Never throws;
     * bounded in size, depth and steps.
     */
    public static Evaluation evaluate(String text, Context context) {
        return evaluate(text, context, _ -> false);
    }

    /**
     * The same, where some folders are known to exist.
     *
     * @param folders whether there is a folder at an absolute path, so that a {@code cd} to it does
     *     not fail
     */
    public static Evaluation evaluate(String text, Context context, Predicate<String> folders) {
        return evaluate(text, context, folders, Guess.NONE, context.cwd());
    }

    /**
     * The same, with a guess at directories that are not certain.
     *
     * @param began where a command may run of which nothing is known
     */
    public static Evaluation evaluate(
            String text, Context context, Predicate<String> folders, Guess guess, String began) {
        Span whole = new Span(0, text.length());
        if (context.shell() == Shell.PWSH || context.shell() == Shell.CMD) {
            return unknown("`" + context.shell().wire() + "` text is not analysed", whole, false);
        }
        if (text.length() > MAX_LENGTH) {
            return unknown("the text is longer than " + MAX_LENGTH + " characters", whole, true);
        }
        Parser.Shared shared = new Parser.Shared(context.shell());
        List<Unknown> unknowns = new ArrayList<>();
        List<Command> items = new ArrayList<>();
        Interpreter interpreter =
                new Interpreter(context, shared, folders, guess, began, readsLast(text));
        try {
            int zero = text.indexOf('\0');
            if (zero >= 0) {
                unknowns.add(new Unknown("the text holds a NUL", new Span(zero, zero + 1)));
            }
            try {
                new Parser(Chars.of(text), shared, 0).program(items);
            } catch (SyntaxException e) {
                unknowns.add(new Unknown(e.reason(), e.span(), e.beyond()));
            }
            interpreter.program(items);
        } catch (Interpreter.Exhausted e) {
            unknowns.add(new Unknown(String.valueOf(e.getMessage()), whole, true));
        } catch (RuntimeException | StackOverflowError e) {
            unknowns.add(
                    new Unknown(
                            "the text could not be analysed: "
                                    + e.getClass().getSimpleName()
                                    + " (this is a bug)",
                            whole,
                            true));
        }
        unknowns.addAll(shared.notes());
        unknowns.addAll(interpreter.unknowns());
        return new Evaluation(
                interpreter.invocations(), unknowns, interpreter.recursive(), interpreter.unsure());
    }

    private static boolean readsLast(String text) {
        return text.contains("$_") || text.contains("${_");
    }

    /** Whether an option of a shell leaves every word its meaning. */
    public static boolean harmless(Argument option) {
        return option.value() != null && Builtins.HARMLESS_OPTIONS.contains(option.value());
    }

    private static Evaluation unknown(String reason, Span whole, boolean beyond) {
        return new Evaluation(List.of(), List.of(new Unknown(reason, whole, beyond)));
    }
}
