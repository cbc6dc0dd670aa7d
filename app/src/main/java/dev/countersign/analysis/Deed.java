package dev.countersign.analysis;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Something a program may do, in the words of the catalogue. */
enum Deed {
    READ,
    WRITE,
    WRITE_OUTSIDE,
    DELETE,
    DESTROY,
    NET,
    UPLOAD,
    REMOTE_WRITE,
    REMOTE_DESTROY,
    EXEC,
    CODE,
    INSTALL,
    SECRET,
    SYSTEM,
    ESCALATE,
    KILL,
    SHELLSTATE,
    TTY;

    static Set<Deed> of(List<String> words) {
        Set<Deed> deeds = EnumSet.noneOf(Deed.class);
        for (String word : words) {
            deeds.add(valueOf(word.toUpperCase(Locale.ROOT)));
        }
        return deeds;
    }
}
