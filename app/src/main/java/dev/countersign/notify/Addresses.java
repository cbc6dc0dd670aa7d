package dev.countersign.notify;

import dev.countersign.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses messages may go to: those of the internet, and what the settings allow besides.
 * Whoever may add a channel could else make the server talk to what only it can reach.
 */
public final class Addresses {
    /** What no server of others is in, besides what {@link InetAddress} knows of. */
    private static final List<Network> SPECIAL =
            List.of(
                            "0.0.0.0/8",
                            "100.64.0.0/10",
                            "192.0.0.0/24",
                            "192.0.2.0/24",
                            "192.88.99.0/24",
                            "198.18.0.0/15",
                            "198.51.100.0/24",
                            "203.0.113.0/24",
                            "240.0.0.0/4",
                            "::/96",
                            "64:ff9b::/96",
                            "64:ff9b:1::/48",
                            "100::/64",
                            "2001::/32",
                            "2001:db8::/32",
                            "2002::/16",
                            "fc00::/7")
                    .stream()
                    .map(Network::of)
                    .toList();

    private final List<Network> allowed;

    public Addresses(List<Network> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /**
     * The address of a host, which is the one to connect to: asked again, the name may lead
     * elsewhere. A name that leads also where no message may go is nobody's to trust.
     */
    public InetAddress judged(String host) throws Undelivered {
        InetAddress[] found;
        try {
            found = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw Undelivered.down("there is no host `" + host + "`");
        }
        return judged(host, found);
    }

    /** The address of a host that leads to all of these. */
    InetAddress judged(String host, InetAddress... found) throws Undelivered {
        if (Arrays.stream(found).allMatch(this::permits)) {
            return found[0];
        }
        throw Undelivered.thisOne(
                "`"
                        + host
                        + "` is an address of a private network; `allow_private` under `notify` in"
                        + " the settings file lets messages go there");
    }

    boolean permits(InetAddress address) {
        if (allowed.stream().anyMatch(network -> network.contains(address))) {
            return true;
        }
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && SPECIAL.stream().noneMatch(network -> network.contains(address));
    }
}
