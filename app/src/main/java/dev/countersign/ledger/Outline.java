package dev.countersign.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a check needs to know of a record, found by reading its bytes once.
 *
 * <p>A tree of every record costs several times its hashes. So {@link #scan} reads what is in
 * canonical form beyond doubt and in the plain way records are written; of anything else it says
 * nothing, and whoever asked makes a tree.
 *
 * @param index its place, as it says
 * @param previous the hash of the record before it, as it says
 * @param kind empty where it says none
 * @param sealed whether it has a member of that name
 * @param digest of what it holds by a salted hash only, or empty
 * @param person whose that is, or empty
 * @param payload the hash of what is kept beside it, or null where nothing is
 */
public record Outline(
        long index,
        String previous,
        String kind,
        boolean sealed,
        String digest,
        String person,
        @Nullable String payload) {

    /** Of a record that was read as a tree, whatever it is. */
    static Outline of(JsonNode json) {
        JsonNode sealed = json.path("sealed");
        JsonNode payload = json.path("payload").path("sha256");
        return new Outline(
                json.path(Draft.INDEX).asLong(),
                json.path(Draft.PREVIOUS).asText(),
                json.path("kind").asText(),
                !sealed.isMissingNode(),
                sealed.path("digest").asText(),
                sealed.path("person").asText(),
                payload.isMissingNode() ? null : payload.asText());
    }

    /** Of a record in canonical form; empty where only a tree can tell. */
    static Optional<Outline> scan(byte[] record) {
        Scan scan = new Scan(record);
        return Optional.ofNullable(scan.record());
    }

    /** One pass over the bytes, which ends where something is unclear. */
    private static final class Scan {
        /** Longer ones have their body beside them; the strict reader has bounds of its own. */
        private static final int MOST_BYTES = 49_000;

        private static final int MOST_DEPTH = 60;

        /** Each number of so many digits is exactly a double. */
        private static final int MOST_DIGITS = 15;

        private static final byte[] INDEX = bytes(Draft.INDEX);
        private static final byte[] KIND = bytes("kind");
        private static final byte[] PAYLOAD = bytes("payload");
        private static final byte[] PREVIOUS = bytes(Draft.PREVIOUS);
        private static final byte[] SEALED = bytes("sealed");
        private static final byte[] SHA256 = bytes("sha256");
        private static final byte[] DIGEST = bytes("digest");
        private static final byte[] PERSON = bytes("person");

        private final byte[] bytes;
        private int at;
        private boolean clear = true;
        private boolean beyondAscii;

        /** Whether the string passed last stands there as it is, letter by letter. */
        private boolean plain;

        Scan(byte[] bytes) {
            this.bytes = bytes;
        }

        private static byte[] bytes(String name) {
            return (name + '"').getBytes(StandardCharsets.US_ASCII);
        }

        @Nullable Outline record() {
            if (bytes.length > MOST_BYTES) {
                return null;
            }
            long index = -1;
            String previous = null;
            String kind = "";
            boolean sealed = false;
            String digest = "";
            String person = "";
            String payload = null;
            pass('{');
            int name = -1;
            do {
                name = name(name);
                if (is(name, INDEX)) {
                    index = integer();
                } else if (is(name, PREVIOUS)) {
                    previous = text();
                } else if (is(name, KIND)) {
                    kind = text();
                } else if (is(name, PAYLOAD)) {
                    payload = member(SHA256);
                } else if (is(name, SEALED)) {
                    sealed = true;
                    int here = at;
                    digest = member(DIGEST);
                    at = here;
                    person = member(PERSON);
                } else {
                    value(1);
                }
            } while (more('}'));
            if (!clear || at != bytes.length || index < 0 || previous == null) {
                return null;
            }
            return beyondAscii && !utf8()
                    ? null
                    : new Outline(index, previous, kind, sealed, digest, person, payload);
        }

        /** The text of a member of the object that comes, which must have it. */
        private String member(byte[] wanted) {
            String found = null;
            pass('{');
            int name = -1;
            do {
                name = name(name);
                if (is(name, wanted)) {
                    found = text();
                } else {
                    value(2);
                }
            } while (more('}'));
            if (found == null) {
                clear = false;
                return "";
            }
            return found;
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
        private boolean more(char end) {
            byte next = next();
            at++;
            clear &= next == ',' || next == end;
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
            if (name + wanted.length > bytes.length) {
                return false;
            }
            for (int i = 0; i < wanted.length; i++) {
                if (bytes[name + i] != wanted[i]) {
                    return false;
                }
            }
            return true;
        }

        private String text() {
            int from = at + 1;
            string();
            if (!clear || !plain) {
                clear = false;
                return "";
            }
            return new String(bytes, from, at - 1 - from, StandardCharsets.ISO_8859_1);
        }

        /** Passes a string. */
        private void string() {
            pass('"');
            plain = true;
            int i = at;
            while (i < bytes.length) {
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
            at = bytes.length;
        }

        /** Where what follows a backslash ends, if it is what must be written so. */
        private int escape(int from) {
            byte b = from < bytes.length ? bytes[from] : 0;
            boolean one = "\"\\btnfr".indexOf(b) >= 0;
            if (one) {
                return from + 1;
            }
            boolean control =
                    b == 'u'
                            && from + 5 <= bytes.length
                            && bytes[from + 1] == '0'
                            && bytes[from + 2] == '0'
                            && (bytes[from + 3] == '0'
                                    // the others are \b, \t, \n, \f and \r
                                    ? "01234567bef".indexOf(bytes[from + 4]) >= 0
                                    : bytes[from + 3] == '1'
                                            && "0123456789abcdef".indexOf(bytes[from + 4]) >= 0);
            clear &= control;
            return control ? from + 5 : bytes.length;
        }

        private long integer() {
            boolean negative = next() == '-';
            if (negative) {
                at++;
            }
            int from = at;
            long value = 0;
            while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
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
            return at < bytes.length ? bytes[at] : 0;
        }

        private boolean utf8() {
            try {
                CharBuffer _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return true;
            } catch (CharacterCodingException _) {
                return false;
            }
        }
    }
}
