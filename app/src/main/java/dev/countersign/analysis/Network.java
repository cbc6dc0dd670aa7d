package dev.countersign.analysis;

import dev.countersign.call.LowerCase;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an address on the network is: its host, whether it is this machine, whether it is ours. */
final class Network {

    /**
     * A network target.
     *
     * @param url as written with a scheme, or null when it is not constant
     * @param host without port, lower case, or null when it is not known
     * @param port as written or by scheme, or empty
     * @param loopback whether it is this machine
     * @param own whether it is, or may be, an address of Countersign
     * @param page whether it is spoken to in HTTP
     */
    record Target(
            @Nullable String url,
            @Nullable String host,
            String port,
            boolean loopback,
            boolean own,
            boolean page) {}

    private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*):(/+)");
    private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9._-]*");
    private static final Pattern PLAIN_V6 = Pattern.compile("[0-9A-Fa-f:.]+(%25?[A-Za-z0-9]+)?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private static final Pattern RANGE = Pattern.compile("\\[([0-9]+)-([0-9]+)(?::[0-9]+)?]");

    /** Names of this machine, in small letters. */
    private static final WordSearch LOCAL = WordSearch.of("localhost", "127.", "::1", "0.0.0.0");

    private final Set<String> addresses;

    Network(Guarded guarded) {
        this.addresses = guarded.addresses();
    }

    Target target(@Nullable String written) {
        if (written == null || written.isBlank()) {
            return new Target(null, null, "", false, false, false);
        }
        // As those do who read addresses: line breaks are dropped, and the scheme may be implied.
        String flat = written.strip().replace("\r", "").replace("\n", "");
        String url = flat.startsWith("//") ? "http:" + flat : flat;
        Matcher start = SCHEME.matcher(url);
        boolean named = start.lookingAt();
        int slashes = named ? start.group(2).length() : 2;
        String protocol = named ? LowerCase.of(start.group(1)) : "http";
        String rest = named ? url.substring(start.end()) : url;
        int end = rest.length();
        for (int i = 0; i < rest.length(); i++) {
            if ("/?#".indexOf(rest.charAt(i)) >= 0) {
                end = i;
                break;
            }
        }
        String authority = rest.substring(0, end);
        int at = authority.lastIndexOf('@');
        String place = authority.substring(at + 1);
        String host = place;
        String port = "";
        boolean v6 = false;
        if (place.startsWith("[")) {
            int close = place.indexOf(']');
            String inside = close > 0 ? place.substring(1, close) : "";
            v6 = inside.indexOf(':') >= 0 && PLAIN_V6.matcher(inside).matches();
            boolean whole = close == place.length() - 1 || place.startsWith("]:", close);
            if (v6 && whole) {
                host = inside;
                port = place.startsWith("]:", close) ? place.substring(close + 2) : "";
            } else {
                v6 = false;
            }
        } else {
            int colon = place.indexOf(':');
            if (colon >= 0 && colon == place.lastIndexOf(':')) {
                host = place.substring(0, colon);
                port = place.substring(colon + 1);
            } else if (colon >= 0 && PLAIN_V6.matcher(place).matches()) {
                v6 = true;
            }
        }
        boolean page =
                switch (protocol) {
                    case "http", "https", "ws", "wss" -> true;
                    default -> false;
                };
        if (slashes != 2 || unclear(url, rest, end, at, v6 || isPlain(host)) || !isPort(port)) {
            return new Target(null, null, "", false, mayBeOwn(url, host, port), page);
        }
        if (port.isEmpty()) {
            port =
                    switch (protocol) {
                        case "https", "wss" -> "443";
                        case "http", "ws" -> "80";
                        default -> "";
                    };
        }
        Target target = of(named ? url : "http://" + url, host, port);
        return new Target(
                target.url(), target.host(), target.port(), target.loopback(), target.own(), page);
    }

    private static boolean isPlain(String host) {
        return PLAIN_HOST.matcher(host).matches();
    }

    private static final Pattern PLAIN_USER = Pattern.compile("[A-Za-z0-9._~%:+-]*");

    private static boolean isPort(String port) {
        return port.isEmpty() || NUMBER.matcher(port).matches();
    }

    /**
     * Whether clients may disagree about the host. They differ over backslashes, blanks, several
     * {@code @}, encoded letters and what ends the authority, and curl takes {@code []} and {@code
     * {}} for a list of addresses.
     */
    private static boolean unclear(String url, String rest, int end, int at, boolean plainHost) {
        if (!plainHost) {
            return true;
        }
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c == '\\' || c <= ' ' || c == 0x7f) {
                return true;
            }
        }
        if (at >= 0 && !PLAIN_USER.matcher(rest.substring(0, at)).matches()) {
            return true;
        }
        if (end < rest.length() && rest.charAt(end) != '/') {
            int slash = rest.indexOf('/', end);
            String query = slash < 0 ? rest.substring(end) : rest.substring(end, slash);
            return query.indexOf('@') >= 0;
        }
        return false;
    }

    /** Whether an address that is not clear could be one of ours. */
    private boolean mayBeOwn(String url, String host, String port) {
        if (mentionsOwn(url)) {
            return true;
        }
        boolean elsewhere = isPlain(host) && !isLoopback(LowerCase.of(host));
        if (elsewhere) {
            return false;
        }
        for (String own : Places.ownPorts()) {
            if (mayBe(port, own)) {
                return true;
            }
        }
        for (String address : addresses) {
            if (mayBe(port, address.substring(address.lastIndexOf(':') + 1))) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayBe(String port, String own) {
        if (isPort(port)) {
            return samePort(port, own);
        }
        boolean list = port.indexOf('[') >= 0 || port.indexOf('{') >= 0 || port.indexOf('}') >= 0;
        if (!list) {
            return port.contains(own);
        }
        Matcher range = RANGE.matcher(port);
        if (range.matches()) {
            return isBetween(own, range.group(1), range.group(2));
        }
        // What a list of curl stands for is any number of digits here; too much is safe.
        StringBuilder pattern = new StringBuilder("0*");
        boolean plain = true;
        for (int i = 0; i < port.length(); i++) {
            char c = port.charAt(i);
            if (c == '[' || c == '{') {
                int close = port.indexOf(c == '[' ? ']' : '}', i);
                plain &= close > 0;
                pattern.append("[0-9]*");
                i = close > 0 ? close : port.length();
            } else {
                plain &= c >= '0' && c <= '9';
                pattern.append(c >= '0' && c <= '9' ? String.valueOf(c) : ".");
            }
        }
        return !plain || own.matches(pattern.toString()) || port.startsWith("0");
    }

    /** A host and a port that were given apart. */
    Target of(@Nullable String url, String givenHost, String port) {
        String host = LowerCase.of(givenHost);
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        boolean loopback = isLoopback(host);
        return new Target(url, host, port, loopback, isOwn(host, port, loopback), true);
    }

    private boolean isOwn(String host, String port, boolean loopback) {
        if (loopback && isOwnPort(port)) {
            return true;
        }
        for (String address : addresses) {
            int colon = address.lastIndexOf(':');
            String ownHost = colon < 0 ? address : address.substring(0, colon);
            String ownPort = colon < 0 ? "" : address.substring(colon + 1);
            ownHost = LowerCase.of(ownHost.replace("[", "").replace("]", ""));
            boolean sameHost =
                    ownHost.equals(host)
                            || (loopback && (isLoopback(ownHost) || ownHost.equals("0.0.0.0")))
                            || (loopback && ownHost.equals("::"));
            if (sameHost && (ownPort.isEmpty() || samePort(port, ownPort))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word is the number of a port of ours, or a range of numbers with it. */
    boolean isOwnPort(String word) {
        for (String own : Places.ownPorts()) {
            if (samePort(word, own)) {
                return true;
            }
            int dash = word.indexOf('-');
            boolean range =
                    dash > 0 && isBetween(own, word.substring(0, dash), word.substring(dash + 1));
            if (range) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBetween(String own, String first, String last) {
        long from = portNumber(first);
        long to = portNumber(last);
        long number = portNumber(own);
        return from >= 0 && to >= 0 && Math.min(from, to) <= number && number <= Math.max(from, to);
    }

    private static boolean samePort(String written, String own) {
        long number = portNumber(written);
        return number < 0 ? written.equals(own) : number == portNumber(own);
    }

    /** The port a resolver makes of a number: in base ten, signs and high bits dropped; or -1. */
    private static long portNumber(String written) {
        String text = written.strip();
        boolean minus = text.startsWith("-");
        if (minus || text.startsWith("+")) {
            text = text.substring(1);
        }
        if (!NUMBER.matcher(text).matches()) {
            return -1;
        }
        long number = new BigInteger(text.length() > 300 ? "0" : text).longValue();
        return (minus ? -number : number) & 0xffff;
    }

    /** Whether a number in a word is a port of ours. */
    boolean namesOwnPort(String word) {
        Matcher number = NUMBER.matcher(word);
        while (number.find()) {
            if (isOwnPort(number.group())) {
                return true;
            }
        }
        return false;
    }

    /** Text of a program or a script that names one of our addresses. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:https?|wss?)://[^\\s<>\"'`|]{1,300}", Pattern.CASE_INSENSITIVE);

    private static final int MOST_ADDRESSES = 100;

    /** Whether an address somewhere in a text of prose is one of ours, in whatever spelling. */
    boolean namesOwn(String text) {
        Matcher address = ADDRESS.matcher(text);
        for (int i = 0; i < MOST_ADDRESSES && address.find(); i++) {
            String url = address.group().replaceFirst("[.,;:!?)]+$", "");
            if (target(url).own() || target(McpJudge.decoded(url)).own()) {
                return true;
            }
        }
        return false;
    }

    boolean mentionsOwn(String text) {
        Matcher number = NUMBER.matcher(LOCAL.findsIn(LowerCase.of(text)) ? text : "");
        while (number.find()) {
            String before = text.substring(Math.max(0, number.start() - 40), number.start());
            if (LOCAL.findsIn(LowerCase.of(before))
                    && Places.ownPorts().stream().anyMatch(p -> samePort(number.group(), p))) {
                return true;
            }
        }
        for (String address : addresses) {
            if (text.contains(address)) {
                return true;
            }
        }
        return false;
    }

    static boolean isLoopback(String host) {
        if (host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("ip6-localhost")
                || host.equals("ip6-loopback")
                || host.equals("localhost.localdomain")
                || host.equals("0")
                || host.equals("::")) {
            return true;
        }
        if (host.indexOf(':') >= 0) {
            return isLoopbackV6(host);
        }
        return isLoopbackV4(host);
    }

    private static boolean isLoopbackV6(String host) {
        int zone = host.indexOf('%');
        int[] groups = groups(zone < 0 ? host : host.substring(0, zone));
        if (groups.length != 8) {
            return false;
        }
        for (int i = 0; i < 5; i++) {
            if (groups[i] != 0) {
                return false;
            }
        }
        // An IPv4 address in the last two: mapped, or in the older form.
        int first = groups[6] >> 8;
        boolean mapped = groups[5] == 0xffff && (first == 127 || groups[6] + groups[7] == 0);
        boolean older = groups[5] == 0 && first == 127;
        return mapped || older || (groups[5] == 0 && groups[6] == 0 && groups[7] <= 1);
    }

    /** The eight numbers of an address, whichever of its parts are left out; else none. */
    private static int[] groups(String text) {
        int gap = text.indexOf("::");
        int[] left = numbers(gap < 0 ? text : text.substring(0, gap));
        int[] right = gap < 0 ? new int[0] : numbers(text.substring(gap + 2));
        int length = left.length + right.length;
        boolean whole = gap < 0 ? length == 8 : length < 8;
        if (!whole || (gap >= 0 && text.indexOf("::", gap + 1) >= 0)) {
            return new int[0];
        }
        int[] groups = new int[8];
        System.arraycopy(left, 0, groups, 0, left.length);
        System.arraycopy(right, 0, groups, 8 - right.length, right.length);
        return groups;
    }

    /** Numbers between colons, the last of which may be an IPv4 address; nine when one is none. */
    private static int[] numbers(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(":", -1)) {
            if (part.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
                String[] bytes = part.split("\\.", -1);
                numbers.add(Integer.parseInt(bytes[0]) << 8 | Integer.parseInt(bytes[1]));
                numbers.add(Integer.parseInt(bytes[2]) << 8 | Integer.parseInt(bytes[3]));
            } else if (part.matches("0*[0-9A-Fa-f]{1,4}")) {
                numbers.add(Integer.parseInt(part, 16));
            } else {
                return new int[9];
            }
        }
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Decimal, octal and hexadecimal forms of one to four parts, as the resolver takes them. */
    private static boolean isLoopbackV4(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length == 0 || parts.length > 4) {
            return false;
        }
        long[] numbers = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            if (number < 0) {
                return false;
            }
            numbers[i] = number;
        }
        long first = parts.length == 1 ? numbers[0] >> 24 : numbers[0];
        if (parts.length == 4 && numbers[0] + numbers[1] + numbers[2] + numbers[3] == 0) {
            return true;
        }
        return first == 127;
    }

    private static long number(String part) {
        try {
            if (part.isEmpty() || part.length() > 12) {
                return -1;
            }
            if (part.startsWith("0x") || part.startsWith("0X")) {
                return Long.parseLong(part.substring(2), 16);
            }
            if (part.length() > 1 && part.charAt(0) == '0') {
                return Long.parseLong(part, 8);
            }
            return Character.isDigit(part.charAt(0)) ? Long.parseLong(part) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
