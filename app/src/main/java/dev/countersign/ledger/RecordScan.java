package dev.countersign.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a record where it lies, in one pass over its bytes that makes nothing. It ends where it is
 * not beyond doubt that they are in canonical form, and in the plain way records are written: then
 * only a tree can tell. One reads many records, one after the other.
 */
final class RecordScan {
    /** Longer ones have their body beside them; the strict reader has bounds of its own. */
    private static final int MOST_BYTES = 49_000;

    private static final int MOST_DEPTH = 60;

    /** Each number of so many digits is exactly a double. */
    private static final int MOST_DIGITS = 15;

    private static final byte[] INDEX = name(Draft.INDEX);
    private static final byte[] KIND = name("kind");
    private static final byte[] PAYLOAD = name("payload");
    private static final byte[] PREVIOUS = name(Draft.PREVIOUS);
    private static final byte[] SEALED = name("sealed");
    private static final byte[] SHA256 = name("sha256");
    private static final byte[] DIGEST = name("digest");
    private static final byte[] PERSON = name("person");

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = EACH << 7;

    private final Slice previous = new Slice();
    private final Slice kind = new Slice();
    private final Slice digest = new Slice();
    private final Slice person = new Slice();
    private final Slice payload = new Slice();
    private long index;
    private boolean hasPrevious;
    private boolean hasPayload;
    private boolean sealed;

    private byte[] bytes = new byte[0];
    private int at;
    private int end;
    private boolean clear;
    private boolean beyondAscii;

    /** Whether the string passed last stands there as it is, letter by letter. */
    private boolean plain;

    private static byte[] name(String name) {
        return (name + '"').getBytes(StandardCharsets.US_ASCII);
    }

    /** Its place, as it says. */
    long index() {
        return index;
    }

    /** The hash of the record before it, as it says. */
    Slice previous() {
        return previous;
    }

    /** Empty where it says none. */
    Slice kind() {
        return kind;
    }

    /** Whether it has a member of that name. */
    boolean sealed() {
        return sealed;
    }

    /** Of what it holds by a salted hash only, or empty. */
    Slice digest() {
        return digest;
    }

    /** Whose that is, or empty. */
    Slice person() {
        return person;
    }

    /** Whether something is kept beside it. */
    boolean hasPayload() {
        return hasPayload;
    }

    /** The hash of that, or empty. */
    Slice payload() {
        return payload;
    }

    /**
     * Reads one.
     *
     * @return whether all of it is clear; what is said of it holds only then, and as long as the
     *     bytes stay as they are
     */
    boolean read(byte[] record, int from, int length) {
        bytes = record;
        at = from;
        end = from + length;
        clear = length <= MOST_BYTES;
        beyondAscii = false;
        index = -1;
        hasPrevious = false;
        hasPayload = false;
        sealed = false;
        previous.set(record, from, 0);
        kind.set(record, from, 0);
        digest.set(record, from, 0);
        person.set(record, from, 0);
        payload.set(record, from, 0);
        pass('{');
        int name = -1;
        do {
            name = name(name);
            switch (clear ? bytes[name] : 0) {
                case 'i', 'k', 'p', 's' -> known(name);
                default -> value(1);
            }
        } while (more('}'));
        return clear
                && at == end
                && index >= 0
                && hasPrevious
                && (!beyondAscii || utf8(from, length));
    }

    /** The value of a member that may be one that is asked for. */
    private void known(int name) {
        if (is(name, INDEX)) {
            index = integer();
        } else if (is(name, PREVIOUS)) {
            hasPrevious = true;
            text(previous);
        } else if (is(name, KIND)) {
            text(kind);
        } else if (is(name, PAYLOAD)) {
            hasPayload = true;
            member(SHA256, payload);
        } else if (is(name, SEALED)) {
            sealed = true;
            members(DIGEST, digest, PERSON, person);
        } else {
            value(1);
        }
    }

    /** A text in the object that comes, which must have it. */
    private void member(byte[] wanted, Slice into) {
        boolean has = false;
        pass('{');
        int name = -1;
        do {
            name = name(name);
            if (is(name, wanted)) {
                has = true;
                text(into);
            } else {
                value(2);
            }
        } while (more('}'));
        clear &= has;
    }

    /** Two texts in the object that comes, which must have both. */
    private void members(byte[] one, Slice first, byte[] other, Slice second) {
        boolean hasOne = false;
        boolean hasOther = false;
        pass('{');
        int name = -1;
        do {
            name = name(name);
            if (is(name, one)) {
                hasOne = true;
                text(first);
            } else if (is(name, other)) {
                hasOther = true;
                text(second);
            } else {
                value(2);
            }
        } while (more('}'));
        clear &= hasOne && hasOther;
    }

    private void value(int depth) {
        if (depth > MOST_DEPTH) {
            clear = false;
            return;
        }
        switch (next()) {
            case '"' -> string();
            case '{' -> object(depth);
            case '[' -> array(depth);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> {
                long _ = integer();
            }
        }
    }

    private void object(int depth) {
        at++;
        if (next() == '}') {
            at++;
            return;
        }
        int name = -1;
        do {
            name = name(name);
            value(depth + 1);
        } while (more('}'));
    }

    private void array(int depth) {
        at++;
        if (next() == ']') {
            at++;
            return;
        }
        do {
            value(depth + 1);
        } while (more(']'));
    }

    /** Passes the comma before another element or the end; whether another comes. */
    private boolean more(char close) {
        byte next = next();
        at++;
        clear &= next == ',' || next == close;
        return clear && next == ',';
    }

    /**
     * Passes a name and the colon, which must come after the name before it.
     *
     * @return where it stands
     */
    private int name(int before) {
        int from = at + 1;
        string();
        clear &= plain && (before < 0 || ascends(before, from));
        pass(':');
        return from;
    }

    /** Both are plain and end in a quotation mark. */
    private boolean ascends(int before, int after) {
        for (int i = 0; clear; i++) {
            byte left = bytes[before + i];
            byte right = bytes[after + i];
            if (left == '"' || right == '"') {
                return left == '"' && right != '"';
            }
            if (left != right) {
                return left < right;
            }
        }
        return false;
    }

    private boolean is(int name, byte[] wanted) {
        if (name + wanted.length > end) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (bytes[name + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private void text(Slice into) {
        int from = at + 1;
        string();
        clear &= plain;
        into.set(bytes, from, clear ? at - 1 - from : 0);
    }

    /** Passes a string. */
    private void string() {
        pass('"');
        plain = true;
        int i = at;
        while (i < end) {
            i = plainFrom(i);
            if (i == end) {
                break;
            }
            byte b = bytes[i++];
            if (b == '"') {
                at = i;
                return;
            }
            if (b == '\\') {
                plain = false;
                i = escape(i);
            } else if (b < 0) {
                plain = false;
                beyondAscii = true;
            } else if (b < 0x20) {
                break;
            }
        }
        clear = false;
        at = end;
    }

    /**
     * Passes letters that stand for themselves, eight at once; at the end of the record fewer than
     * eight may be left.
     */
    private int plainFrom(int from) {
        int i = from;
        while (i + Long.BYTES <= end) {
            long word = (long) EIGHT.get(bytes, i);
            long quote = word ^ EACH * '"';
            long escape = word ^ EACH * '\\';
            // The lowest bit that is left is of the first byte that is one of these, or below a
            // blank, or beyond ASCII; higher ones may err.
            long special =
                    ((quote - EACH & ~quote)
                                    | (escape - EACH & ~escape)
                                    | (word - EACH * ' ' & ~word)
                                    | word)
                            & HIGH;
            if (special != 0) {
                return i + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            i += Long.BYTES;
        }
        return i;
    }

    /** Where what follows a backslash ends, if it is what must be written so. */
    private int escape(int from) {
        byte b = from < end ? bytes[from] : 0;
        boolean one = "\"\\btnfr".indexOf(b) >= 0;
        if (one) {
            return from + 1;
        }
        boolean control =
                b == 'u'
                        && from + 5 <= end
                        && bytes[from + 1] == '0'
                        && bytes[from + 2] == '0'
                        && (bytes[from + 3] == '0'
                                // the others are \b, \t, \n, \f and \r
                                ? "01234567bef".indexOf(bytes[from + 4]) >= 0
                                : bytes[from + 3] == '1'
                                        && "0123456789abcdef".indexOf(bytes[from + 4]) >= 0);
        clear &= control;
        return control ? from + 5 : end;
    }

    private long integer() {
        boolean negative = next() == '-';
        if (negative) {
            at++;
        }
        int from = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at++] - '0');
        }
        int digits = at - from;
        // What follows must be a comma or an end: a fraction or an exponent is not clear.
        clear &=
                digits > 0
                        && digits <= MOST_DIGITS
                        && (bytes[from] != '0' || (digits == 1 && !negative));
        return negative ? -value : value;
    }

    private void word(String word) {
        for (int i = 0; i < word.length(); i++) {
            pass(word.charAt(i));
        }
    }

    private void pass(char expected) {
        clear &= next() == expected;
        at++;
    }

    private byte next() {
        return at < end ? bytes[at] : 0;
    }

    private boolean utf8(int from, int length) {
        try {
            CharBuffer _ =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes, from, length));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
