package dev.countersign.analysis;

import dev.countersign.analysis.shell.ShellText;
import dev.countersign.call.Argument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps what another held before it was written: its name with an ending that an
 * option gives, which can make a name of its own ({@code sed -i.yaml … countersign}).
 */
final class Backup {
    /** Where GNU programs find the ending when no option gives it. */
    private static final String VARIABLE = "SIMPLE_BACKUP_SUFFIX";

    private Backup() {}

    /**
     * The ending of backups: that of an option, else that of the variable.
     *
     * @param backs whether backups are made without an option that gives the ending
     * @return null when neither gives one
     */
    static @Nullable Argument suffix(Job job, Reading reading, boolean backs, String... options) {
        Argument given = reading.value(options);
        String set = job.context().environment().get(VARIABLE);
        if (given != null || !backs || set == null || set.equals(ShellText.UNSET)) {
            return given;
        }
        String value = set.equals(ShellText.UNSURE) ? null : set;
        return new Argument(value, "$" + VARIABLE, false, job.source());
    }

    /**
     * Where the backup of a file goes.
     *
     * @param suffix the ending, or with stars the whole name, each standing for the file's own
     * @return null when the name of the file is not known, or the ending is no part of a name
     */
    static @Nullable Argument of(Argument file, Argument suffix) {
        String name = file.value();
        String ending = suffix.value();
        boolean elsewhere = ending != null && ending.indexOf('/') >= 0;
        boolean pattern = ending != null && ending.indexOf('*') >= 0;
        if (name == null || (elsewhere && !pattern)) {
            return null;
        }
        boolean open = ending == null;
        String made = name + (ending == null ? "*" : ending);
        if (ending != null && ending.indexOf('*') >= 0) {
            String folder = elsewhere ? "" : name.substring(0, name.lastIndexOf('/') + 1);
            made = folder + ending.replace("*", Paths.name(name));
        }
        return new Argument(made, file.written(), file.glob() || open, file.source());
    }

    /** The ending behind the {@code -i} of perl and ruby, or null when there is none. */
    static @Nullable Argument inPlace(List<Argument> words) {
        for (Argument word : words) {
            String text = word.value();
            int at = text == null || text.startsWith("--") ? -1 : text.indexOf('i');
            if (text == null || at < 1 || at + 1 >= text.length() || text.charAt(0) != '-') {
                continue;
            }
            boolean letters = true;
            for (int k = 1; k < at; k++) {
                letters &= "npawslcWt0123456789".indexOf(text.charAt(k)) >= 0;
            }
            if (letters) {
                return new Argument(
                        text.substring(at + 1), word.written(), word.glob(), word.source());
            }
        }
        return null;
    }
}
