package dev.countersign.analysis.shell;

import dev.countersign.call.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the program. */
sealed interface Command {
    Span source();

    /** Assignments, words and redirections. */
    record Simple(List<Assign> assigns, List<Word> words, List<Redirect> redirects, Span source)
            implements Command {}

    /**
     * {@code name=value}, {@code name[subscript]+=value} or {@code name=(elements)}.
     *
     * @param value a single {@link Word.Part.Elements} for an array
     */
    record Assign(String name, @Nullable Word subscript, boolean append, Word value, Span source) {}

    /**
     * Commands joined by {@code |}.
     *
     * @param stages more than one, or one that is negated
     */
    record Pipeline(List<Command> stages, boolean negated, Span source) implements Command {}

    /**
     * Pipelines joined by {@code &&} and {@code ||}.
     *
     * @param and for each item but the first whether it comes after {@code &&}
     */
    record Chain(List<Command> items, List<Boolean> and, Span source) implements Command {}

    /** Commands one after another. */
    record Sequence(List<Command> items, Span source) implements Command {}

    /** {@code command &}. */
    record Background(Command body, Span source) implements Command {}

    record Subshell(Command body, Span source) implements Command {}

    record Group(Command body, Span source) implements Command {}

    /** A compound command with redirections behind it. */
    record Redirected(Command body, List<Redirect> redirects, Span source) implements Command {}

    record If(List<Clause> clauses, @Nullable Command otherwise, Span source) implements Command {}

    record Clause(Command condition, Command body) {}

    /**
     * {@code for} or {@code select}.
     *
     * @param words null for the positional parameters
     */
    record For(String name, @Nullable List<Word> words, Command body, boolean select, Span source)
            implements Command {}

    /** {@code for ((..;..;..))}. */
    record Counting(Word first, Word condition, Word step, Command body, Span source)
            implements Command {}

    /** {@code while} and {@code until}. */
    record While(Command condition, Command body, Span source) implements Command {}

    record Case(Word subject, List<Branch> branches, Span source) implements Command {}

    /**
     * One branch of a {@code case}.
     *
     * @param through whether a later branch may run after this one
     */
    record Branch(List<Word> patterns, Command body, boolean through) {}

    /**
     * A definition.
     *
     * @param id tells definitions apart, even those of the same text
     */
    record Function(int id, String name, Command body, Span source) implements Command {}

    /** {@code [[ .. ]]}. */
    record Test(List<Comparison> comparisons, Span source) implements Command {}

    /**
     * One condition in {@code [[ .. ]]}.
     *
     * @param operator such as {@code -f} or {@code -eq}; empty for a word alone
     */
    record Comparison(@Nullable Word left, String operator, Word right) {}

    /** {@code ((..))}. */
    record Arithmetic(Word text, Span source) implements Command {}

    record Coprocess(@Nullable String name, Command body, Span source) implements Command {}
}
