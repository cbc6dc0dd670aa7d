package dev.countersign.analysis;

import dev.countersign.analysis.shell.Evaluation;
import dev.countersign.analysis.shell.Invocation;
import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import dev.countersign.call.CommandLine;
import dev.countersign.call.Context;
import dev.countersign.call.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command to judge: what a simple command runs, wrappers taken off so far.
 *
 * @param words program and arguments
 * @param line the same as rules see it
 * @param invocation the simple command of the text it stands in
 * @param beside all simple commands of that text
 * @param text all simple commands of the text its standard input comes from
 * @param directory working directory, or null when it is not known
 * @param input where its standard input comes from
 * @param context what was known where the text began
 * @param source the span every operation of it gets
 * @param depth how many wrappers and nested texts lie around it
 * @param number of the simple command within the call
 */
record Job(
        List<Argument> words,
        CommandLine line,
        Invocation invocation,
        Evaluation beside,
        Evaluation text,
        @Nullable String directory,
        Invocation.Input input,
        Context context,
        Span source,
        int depth,
        int number) {
    Job {
        // Once: command lines made of them keep the same list.
        words = List.copyOf(words);
    }

    /** The command a wrapper runs; the wrapper's own words stay visible to rules. */
    Job inner(List<Argument> command, List<Argument> wrapperWords) {
        List<Argument> copy = List.copyOf(command);
        CommandLine wrapper = new CommandLine(wrapperWords, line.wrapper(), line.assignments());
        return new Job(
                copy,
                new CommandLine(copy, wrapper, line.assignments()),
                invocation,
                beside,
                text,
                directory,
                input,
                context,
                source,
                depth + 1,
                number);
    }

    Job in(@Nullable String other) {
        return new Job(
                words,
                line,
                invocation,
                beside,
                text,
                other,
                input,
                context,
                source,
                depth,
                number);
    }

    /** The same with the stretch of the source its operations get. */
    Job at(Span place) {
        return new Job(
                words,
                line,
                invocation,
                beside,
                text,
                directory,
                input,
                context,
                place,
                depth,
                number);
    }

    /** The same with another standard input. */
    Job with(Invocation.Input other) {
        return new Job(
                words,
                line,
                invocation,
                beside,
                text,
                directory,
                other,
                context,
                source,
                depth,
                number);
    }

    /** The same where variables are set or not known, as {@link ShellText#UNSURE} says. */
    Job under(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(context.environment());
        all.putAll(variables);
        return as(words, line, context.with(all));
    }

    /** The same where no variable is set, but those a shell sets itself. */
    Job underNone() {
        Map<String, String> all = new HashMap<>();
        context.environment().keySet().forEach(name -> all.put(name, ShellText.UNSET));
        all.put("HOME", ShellText.UNSET);
        all.put("PATH", ShellText.UNSURE);
        return as(words, line, context.with(all));
    }

    /** The same command in other words, as another language would have it. */
    Job as(List<Argument> other, CommandLine shown, Context there) {
        return new Job(
                other,
                shown,
                invocation,
                beside,
                text,
                directory,
                input,
                there,
                source,
                depth,
                number);
    }

    /** The same words as the program of that name, whatever function has it. */
    Job asProgram() {
        Invocation program =
                new Invocation(
                        invocation.argv(),
                        invocation.assignments(),
                        invocation.redirections(),
                        invocation.directory(),
                        invocation.elsewhere(),
                        invocation.input(),
                        false,
                        invocation.source());
        return new Job(
                words, line, program, beside, text, directory, input, context, source, depth,
                number);
    }

    List<Argument> arguments() {
        return words.subList(1, words.size());
    }

    /** The arguments that are constant. */
    List<String> constants() {
        List<String> constants = new ArrayList<>(words.size());
        for (int i = 1; i < words.size(); i++) {
            String value = words.get(i).value();
            if (value != null) {
                constants.add(value);
            }
        }
        return constants;
    }

    @Nullable String argument(int index) {
        return index + 1 < words.size() ? words.get(index + 1).value() : null;
    }

    /** The words as a person would read them. */
    String shown() {
        StringBuilder out = new StringBuilder();
        for (Argument word : words) {
            String value = word.value();
            String text = value == null ? word.written() : value;
            if (out.length() > 0) {
                out.append(' ');
            }
            out.append(text.length() > 60 ? text.substring(0, 57) + "…" : text);
            if (out.length() > 120) {
                return out.append(" …").toString();
            }
        }
        return out.toString().replace('\n', ' ').replace('`', '\'');
    }
}
