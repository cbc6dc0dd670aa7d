package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.regex.Pattern;

/** Places of Windows that are a whole machine or home, in the words of its shells. */
final class WindowsRoots {
    private static final Pattern ROOT =
            Pattern.compile(
                    "[\"']?(?:[a-z]:|[a-z]:[\\\\/](?:users|windows|program files)"
                            + "|\\$home|\\$\\{home\\}|\\$env:(?:userprofile|systemdrive|systemroot|homepath)"
                            + "|%(?:userprofile|systemdrive|systemroot|homedrive|windir)%(?:%homepath%)?)"
                            + "[\\\\/]*[*.]*[\"']?",
                    Pattern.CASE_INSENSITIVE);

    private WindowsRoots() {}

    /** Says so when one of the words that are deleted with all below them is such a place. */
    static void removed(Judge judge, Job job, List<Argument> words) {
        for (Argument word : words) {
            String value = word.value();
            if (ROOT.matcher(word.written()).matches()
                    || (value != null && ROOT.matcher(value).matches())) {
                judge.shell(
                                job,
                                RiskTier.CRITICAL,
                                "deletes `" + Judge.cut(word.written()) + "` as a whole")
                        .tag("destructive", "escape");
                return;
            }
        }
    }
}
