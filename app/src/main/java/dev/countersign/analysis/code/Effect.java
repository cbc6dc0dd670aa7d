package dev.countersign.analysis.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something a program does beside computing and printing. A null text is not constant. */
public sealed interface Effect {

    /** Where it stands in the program text. */
    int at();

    /** A file that is opened to be read or written. */
    record Open(boolean write, @Nullable String path, int at) implements Effect {}

    /** A file that runs unless it holds data; {@code suffix} is the ending data has. */
    record Load(String path, String suffix, int at) implements Effect {}

    /** A program that runs, or a call that does what this program would do. */
    record Run(List<@Nullable String> words, int at) implements Effect {
        public Run {
            words = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(words));
        }
    }

    /** Text that a shell runs. */
    record Shell(@Nullable String text, int at) implements Effect {}

    /** Text of a shell that reads what the program writes. */
    record Fed(@Nullable String text, int at) implements Effect {}

    /** Variables of the environment are shown. */
    record Environment(int at) implements Effect {}
}
