package dev.countersign.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.countersign.call.ToolCall;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The calls that were allowed moments ago, so that a client's second question about the very same
 * call gets the same answer without asking people twice. Each allow is good for one question.
 */
public final class RecentAllows {
    private static final int MOST = 1_000;

    private final Clock clock;
    private final Duration life;
    private final Map<String, Given> given = new LinkedHashMap<>();

    /**
     * Remembers nothing yet.
     *
     * @param life how long an allow answers a second question
     */
    public RecentAllows(Clock clock, Duration life) {
        this.clock = clock;
        this.life = life;
    }

    /** Inputs may be large, so only a digest of the call is kept. */
    private static String key(ToolCall call) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("no SHA-256 (this is a bug)", missing);
        }
        for (String part :
                new String[] {
                    call.client(),
                    Objects.requireNonNullElse(call.session(), ""),
                    Objects.requireNonNullElse(call.subject().agentType(), ""),
                    call.subject().agent(),
                    call.context().cwd(),
                    call.tool(),
                    call.input().toString()
                }) {
            byte[] bytes = part.getBytes(UTF_8);
            digest.update((bytes.length + ":").getBytes(UTF_8));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private record Given(Instant at, String reference) {}

    /** Remembers that this call was allowed. */
    public synchronized void add(ToolCall call, String reference) {
        forgetOld();
        if (given.size() >= MOST) {
            Iterator<String> oldest = given.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        given.put(key(call), new Given(clock.instant(), reference));
    }

    /** The reference under which this very call was allowed moments ago; it is then used up. */
    public synchronized @Nullable String take(ToolCall call) {
        forgetOld();
        Given found = given.remove(key(call));
        return found == null ? null : found.reference();
    }

    private void forgetOld() {
        Instant limit = clock.instant().minus(life);
        given.values().removeIf(entry -> entry.at().isBefore(limit));
    }
}
