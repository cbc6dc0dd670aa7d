package dev.countersign.people;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords by Argon2id (RFC 9106), kept as {@code $argon2id$v=19$m=…,t=…,p=…$SALT$HASH} so that
 * each can be checked with the parameters it was made with. Only so many are computed at once: each
 * takes 19 MiB.
 */
public final class Passwords {
    /** The fewest characters (code points) of a password. */
    public static final int SHORTEST = 12;

    /** The most. */
    public static final int LONGEST = 128;

    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** No stored hash may make a check cost more than this, whoever wrote it there. */
    private static final int MOST_MEMORY_KIB = 1 << 18;

    private static final int MOST_PASSES = 16;
    private static final long PATIENCE_SECONDS = 3;
    private static final Pattern FORM =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
                            + "\\$([A-Za-z0-9+/]{11,88})\\$([A-Za-z0-9+/]{22,88})");

    private final SecureRandom random = new SecureRandom();
    private final Semaphore turns =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
    private final Cost cost;
    private final String dummy;

    /**
     * What it costs to try a password.
     *
     * @param memory in KiB
     * @param passes over it
     */
    public record Cost(int memory, int passes) {
        /** The first choice of the OWASP Password Storage Cheat Sheet for Argon2id. */
        public static final Cost USUAL = new Cost(19_456, 2);
    }

    /** Read when the first password is set. */
    private static final class Common {
        static final Set<String> ALL = common();
    }

    /** One for all of a process: only so many are computed at once. */
    public Passwords() {
        this(Cost.USUAL);
    }

    /** Where nobody guesses, as in tests, it may cost less. */
    public Passwords(Cost cost) {
        this.cost = cost;
        this.dummy = encode(new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /** Too many are checked already. */
    public static final class Busy extends Exception {
        private static final long serialVersionUID = 1L;

        Busy() {
            super("too many passwords are being checked", null, false, false);
        }
    }

    /**
     * Why this cannot be somebody's password, or empty when it can.
     *
     * @param email whose it would be
     */
    public Optional<String> obstacle(String password, String email) {
        int length = password.codePointCount(0, password.length());
        if (length < SHORTEST) {
            return Optional.of("a password needs at least " + SHORTEST + " characters");
        }
        if (length > LONGEST) {
            return Optional.of("a password has at most " + LONGEST + " characters");
        }
        String plain = password.strip().toLowerCase(Locale.ROOT);
        if (plain.equals(email)) {
            return Optional.of("your e-mail address is no password");
        }
        if (Common.ALL.contains(plain) || plain.codePoints().distinct().count() < 4) {
            return Optional.of("this is one of the first passwords anybody would try");
        }
        if (GuessedWords.littleElse(plain, email)) {
            return Optional.of(
                    "without words that anybody would try first, little of this is left");
        }
        return Optional.empty();
    }

    /** What is kept of a password. */
    public String hash(String password) throws Busy {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return encode(
                salt, argon2(password, salt, cost.memory(), cost.passes(), LANES, HASH_BYTES));
    }

    /**
     * Whether this is the password that was kept. Takes as long where none was kept.
     *
     * @param kept its hash, or empty where there is none: then the answer is no
     */
    public boolean matches(String password, Optional<String> kept) throws Busy {
        Matcher parts = FORM.matcher(kept.orElse(dummy));
        if (!parts.matches()) {
            throw new IllegalStateException("a stored password has another form (this is a bug)");
        }
        int memory = Integer.parseInt(parts.group(1));
        int passes = Integer.parseInt(parts.group(2));
        int lanes = Integer.parseInt(parts.group(3));
        if (memory > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes < 1 || memory < 8 * lanes) {
            throw new IllegalStateException("a stored password has parameters nobody gave it");
        }
        byte[] salt = Base64.getDecoder().decode(parts.group(4));
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] got = argon2(password, salt, memory, passes, lanes, expected.length);
        boolean whole = password.codePointCount(0, password.length()) <= LONGEST;
        return MessageDigest.isEqual(expected, got) && kept.isPresent() && whole;
    }

    private byte[] argon2(
            String password, byte[] salt, int memory, int passes, int lanes, int length)
            throws Busy {
        boolean turn = false;
        try {
            turn = turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!turn) {
                throw new Busy();
            }
            Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
            argon2.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withMemoryAsKB(memory)
                            .withIterations(passes)
                            .withParallelism(lanes)
                            .withSalt(salt)
                            .build());
            byte[] typed = normal(password).getBytes(StandardCharsets.UTF_8);
            byte[] hash = new byte[length];
            argon2.generateBytes(typed, hash);
            Arrays.fill(typed, (byte) 0);
            return hash;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy();
        } finally {
            if (turn) {
                turns.release();
            }
        }
    }

    /** The same characters however a keyboard composes them; no more than any password has. */
    private static String normal(String password) {
        String cut =
                password.length() <= 2 * LONGEST ? password : password.substring(0, 2 * LONGEST);
        return Normalizer.normalize(cut, Normalizer.Form.NFKC);
    }

    private String encode(byte[] salt, byte[] hash) {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m="
                + cost.memory()
                + ",t="
                + cost.passes()
                + ",p="
                + LANES
                + "$"
                + base64.encodeToString(salt)
                + "$"
                + base64.encodeToString(hash);
    }

    private static Set<String> common() {
        try (InputStream in = Passwords.class.getResourceAsStream("common-passwords.txt")) {
            if (in == null) {
                throw new IllegalStateException("common-passwords.txt is missing (this is a bug)");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
