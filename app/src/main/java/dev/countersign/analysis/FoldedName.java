package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.text.Normalizer;
import java.util.Locale;

/**
 * A file name as the most forgiving file system compares it: without case, without characters that
 * are passed over, look-alikes of other widths made plain. For names that make a verdict stricter,
 * so the folding is the same on every system.
 */
final class FoldedName {
    private FoldedName() {}

    static String of(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) > 126) {
                return folded(name);
            }
        }
        return LowerCase.of(name);
    }

    /** Without the dots, blanks and line ends some systems and clients leave out at the end. */
    static String trimmed(String name) {
        int end = name.length();
        while (end > 0 && " .\t\r\n".indexOf(name.charAt(end - 1)) >= 0) {
            end--;
        }
        return end == 0 ? name : name.substring(0, end);
    }

    private static String folded(String name) {
        StringBuilder kept = new StringBuilder(name.length());
        name.codePoints().filter(c -> !isPassedOver(c)).forEach(kept::appendCodePoint);
        String plain = Normalizer.normalize(kept, Normalizer.Form.NFKC);
        // Up and down again: some letters meet only there.
        String one = LowerCase.of(plain.toUpperCase(Locale.ROOT));
        return Normalizer.normalize(one, Normalizer.Form.NFC);
    }

    private static boolean isPassedOver(int c) {
        return Character.getType(c) == Character.FORMAT
                || c == 0x34F
                || c == 0x115F
                || c == 0x1160
                || c == 0x17B4
                || c == 0x17B5
                || (c >= 0x180B && c <= 0x180F)
                || c == 0x3164
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0xFFA0
                || (c >= 0xE0000 && c <= 0xE0FFF);
    }
}
