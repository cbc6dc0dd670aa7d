package dev.countersign.config;

import java.net.InetAddress;

/**
 * A range of addresses: {@code 10.0.0.0/8}, {@code ::1/128}, or one address.
 *
 * @param address the first one
 * @param bits how many of its bits all share
 */
public record Network(InetAddress address, int bits) {

    /**
     * Reads it; a name of a host is none.
     *
     * @throws SettingsProblem that says what would be right
     */
    public static Network of(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        String width = slash < 0 ? "" : text.substring(slash + 1);
        try {
            InetAddress address = InetAddress.ofLiteral(literal.strip());
            int all = address.getAddress().length * 8;
            int bits = slash < 0 ? all : width.matches("\\d{1,3}") ? Integer.parseInt(width) : -1;
            if (bits >= 0 && bits <= all) {
                return new Network(address, bits);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new SettingsProblem("`" + text + "` is no network; expected one as `10.0.0.0/8`");
    }

    /** Whether an address is in it. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
