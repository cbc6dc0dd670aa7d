package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.ledger.CanonicalJson;
import java.nio.charset.StandardCharsets;

/** What is kept of a tool's output: its beginning and its end, masked, at most 2 KiB of UTF-8. */
public final class Summaries {
    /** The most bytes a summary takes. */
    public static final int MAX_BYTES = 2048;

    private static final int NOTE = 64;
    private static final int HEAD = (MAX_BYTES - NOTE) * 3 / 4;
    private static final int TAIL = MAX_BYTES - NOTE - HEAD;

    private final SecretMasking masking;

    public Summaries(SecretMasking masking) {
        this.masking = masking;
    }

    /** Of plain text as it is, of anything else as JSON. */
    public String of(JsonNode output) {
        if (output.isMissingNode() || output.isNull()) {
            return "";
        }
        return of(
                output.isTextual()
                        ? output.textValue()
                        : CanonicalJson.text(CanonicalJson.exact(output)));
    }

    /** All of it, masked. */
    public String whole(String output) {
        return masking.mask(output);
    }

    /** Masks first and cuts then, or half a secret could be left at the cut. */
    public String of(String output) {
        String masked = masking.mask(output);
        byte[] bytes = masked.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_BYTES) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        int head = HEAD;
        while (continues(bytes[head])) {
            head--;
        }
        int tail = bytes.length - TAIL;
        while (tail < bytes.length && continues(bytes[tail])) {
            tail++;
        }
        return new String(bytes, 0, head, StandardCharsets.UTF_8)
                + " … "
                + (tail - head)
                + " bytes left out … "
                + new String(bytes, tail, bytes.length - tail, StandardCharsets.UTF_8);
    }

    /** Whether a byte is not the first of its UTF-8 character. */
    private static boolean continues(byte b) {
        return (b & 0xC0) == 0x80;
    }
}
