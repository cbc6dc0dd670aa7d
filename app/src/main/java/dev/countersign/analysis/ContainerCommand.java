package dev.countersign.analysis;

import dev.countersign.call.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The command a container is started with, as this machine would name the files and addresses in
 * it.
 */
final class ContainerCommand {
    /** Options of {@code run} and {@code create} that take no value. */
    private static final Set<String> FLAGS =
            Set.of(
                    "--detach",
                    "--disable-content-trust",
                    "--init",
                    "--interactive",
                    "--no-healthcheck",
                    "--oom-kill-disable",
                    "--privileged",
                    "--publish-all",
                    "--quiet",
                    "--read-only",
                    "--replace",
                    "--rm",
                    "--sig-proxy",
                    "--tls-verify",
                    "--tty",
                    "--no-deps",
                    "--build",
                    "--service-ports",
                    "--use-aliases",
                    "--help");

    private static final Set<String> HOST_NAMES =
            Set.of(
                    "host.docker.internal",
                    "gateway.docker.internal",
                    "host.containers.internal",
                    "host.lima.internal",
                    "host.orb.internal");

    /**
     * A file or folder of this machine that the container sees.
     *
     * @param source its path here, empty for the root
     * @param inside its path there, without a slash at the end
     */
    private record Mount(String source, String inside) {}

    private final List<Mount> mounts = new ArrayList<>();
    private final List<String> hosts = new ArrayList<>(HOST_NAMES);
    private @Nullable String directory;
    private @Nullable Argument entrypoint;
    private boolean sharesNetwork;
    private boolean touched;

    /** Notes {@code -v SOURCE:TARGET[:…]} or {@code --mount type=bind,src=…,dst=…}. */
    void mount(@Nullable String value) {
        if (value == null) {
            return;
        }
        String source = null;
        String inside = null;
        if (value.indexOf('=') > 0 && value.indexOf(',') > 0) {
            for (String part : value.split(",", -1)) {
                int equals = part.indexOf('=');
                String name = equals < 0 ? part : part.substring(0, equals);
                switch (name) {
                    case "source", "src" -> source = part.substring(equals + 1);
                    case "target", "destination", "dst" -> inside = part.substring(equals + 1);
                    default -> {}
                }
            }
        } else {
            int colon = value.indexOf(':');
            int end = colon < 0 ? -1 : value.indexOf(':', colon + 1);
            if (colon > 0) {
                source = value.substring(0, colon);
                inside = value.substring(colon + 1, end < 0 ? value.length() : end);
            }
        }
        if (source != null && inside != null && inside.length() > 1) {
            mounts.add(
                    new Mount(
                            source.equals("/") ? "" : Paths.withoutEndingSlashes(source),
                            Paths.withoutEndingSlashes(inside)));
        }
    }

    void workdir(@Nullable String value) {
        directory = value;
    }

    void entrypoint(Argument word) {
        entrypoint = word;
    }

    void network(@Nullable String value) {
        sharesNetwork |= "host".equals(value);
    }

    /** {@code --add-host NAME:ADDRESS}, where the address may be that of this machine. */
    void host(@Nullable String value) {
        int end = value == null ? -1 : Math.max(value.indexOf(':'), value.indexOf('='));
        if (value != null && end > 0) {
            String address = value.substring(end + 1);
            if (address.equals("host-gateway") || Network.isLoopback(address)) {
                hosts.add(value.substring(0, end));
            }
        }
    }

    /**
     * The command, or nothing when it touches neither files nor addresses of this machine.
     *
     * @param words all words behind the program
     * @param knows whether a word names a program
     */
    List<Argument> command(List<Argument> words, Predicate<@Nullable String> knows) {
        int image = image(words);
        if (image >= words.size()) {
            return List.of();
        }
        List<Argument> command = new ArrayList<>();
        List<Argument> rest = words.subList(image + 1, words.size());
        String own = programOf(words.get(image).value());
        if (entrypoint != null) {
            command.add(entrypoint);
        } else if (knows.test(own) && (rest.isEmpty() || !knows.test(rest.getFirst().value()))) {
            command.add(Argument.of(String.valueOf(own)));
        }
        command.addAll(rest);
        touched = sharesNetwork || here(directory) != null;
        List<Argument> translated = new ArrayList<>();
        for (Argument word : command) {
            translated.add(translated(word));
        }
        return touched ? translated : List.of();
    }

    /** The command as it is given, for whatever folders of this machine. */
    List<Argument> own(List<Argument> words) {
        int image = image(words);
        List<Argument> command = new ArrayList<>();
        if (entrypoint != null) {
            command.add(entrypoint);
        }
        command.addAll(words.subList(Math.min(image + 1, words.size()), words.size()));
        return command;
    }

    /** The folder of this machine it starts in, or null when that is one of the container. */
    @Nullable String directory() {
        return here(directory);
    }

    private Argument translated(Argument word) {
        String value = word.value();
        if (value == null) {
            return word;
        }
        String text = value;
        for (String host : hosts) {
            text = replaced(text, host, "127.0.0.1", false);
        }
        for (Mount mount : mounts) {
            text = replaced(text, mount.inside, mount.source, true);
        }
        return text.equals(value)
                ? word
                : new Argument(text, word.written(), word.glob(), word.source());
    }

    /**
     * A text with a name in it given as another one, wherever it stands alone.
     *
     * @param path whether what follows behind a slash belongs to it
     */
    private String replaced(String text, String name, String by, boolean path) {
        int at = text.indexOf(name);
        if (at < 0) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        int from = 0;
        while (at >= 0) {
            int end = at + name.length();
            boolean goesOn = path && end < text.length() && text.charAt(end) == '/';
            boolean begins = at == 0 || !isOfName(text.charAt(at - 1), path);
            boolean ends = end == text.length() || goesOn || !isOfName(text.charAt(end), path);
            if (begins && ends) {
                touched = true;
                // The root of this machine has no name in front of the slash.
                result.append(text, from, at).append(by.isEmpty() && !goesOn ? "/" : by);
                from = end;
            }
            at = text.indexOf(name, end);
        }
        return result.append(text.substring(from)).toString();
    }

    private static boolean isOfName(char c, boolean path) {
        return Character.isLetterOrDigit(c)
                || c == '_'
                || c == '-'
                || c == '.'
                || (path && c == '/');
    }

    private @Nullable String here(@Nullable String path) {
        for (Mount mount : mounts) {
            if (path != null && Paths.below(path, mount.inside)) {
                String folder = mount.source + path.substring(mount.inside.length());
                return folder.isEmpty() ? "/" : folder;
            }
        }
        return null;
    }

    /** {@code curl} of {@code example/curl:8}. */
    private static @Nullable String programOf(@Nullable String image) {
        if (image == null) {
            return null;
        }
        String name = image.substring(image.lastIndexOf('/') + 1);
        int end = name.indexOf('@') > 0 ? name.indexOf('@') : name.indexOf(':');
        return end > 0 ? name.substring(0, end) : name;
    }

    /** Where the name of the image stands: the first word behind the options. */
    private static int image(List<Argument> words) {
        int at = 0;
        while (at < words.size() && !isVerb(words.get(at).value())) {
            at++;
        }
        at++;
        while (at < words.size()) {
            String value = words.get(at).value();
            if (value == null || !value.startsWith("-")) {
                return at;
            }
            if (value.equals("--")) {
                return at + 1;
            }
            boolean alone;
            if (value.startsWith("--")) {
                alone = value.indexOf('=') > 0 || FLAGS.contains(value);
            } else {
                int letter = 1;
                while (letter < value.length() && "ditPqT".indexOf(value.charAt(letter)) >= 0) {
                    letter++;
                }
                alone = letter != value.length() - 1;
            }
            at += alone ? 1 : 2;
        }
        return at;
    }

    private static boolean isVerb(@Nullable String word) {
        return "run".equals(word) || "create".equals(word);
    }
}
