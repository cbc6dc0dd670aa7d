package dev.countersign.analysis;

import dev.countersign.call.Argument;
import dev.countersign.call.LowerCase;
import dev.countersign.call.RiskTier;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Programs that are told a port of this machine by its number alone: to open it to others, to try
 * it, or to end what listens there. One of ours is out of reach.
 */
final class LocalPorts {
    /** Each opens a port to others, or ends what listens on it. */
    private static final Set<String> OPENS_OR_ENDS =
            Set.of(
                    ("ngrok lt localtunnel bore tailscale devtunnel cloudflared zrok loophole expose"
                                    + " loclx localxpose pinggy frpc chisel ghostunnel tunnelmole tmole"
                                    + " pagekite kill-port fkill killport caddy")
                            .split(" ", -1));

    /** Each tries ports of the hosts it is given. */
    private static final Set<String> SCANS = Set.of("nmap", "masscan", "rustscan", "naabu", "zmap");

    private static final Pattern OPTION = Pattern.compile("^--?[A-Za-z][A-Za-z-]*+=?(?=[0-9:-]|$)");
    private static final Pattern PORT_OPTION = Pattern.compile("-p.+");
    private static final Pattern PROTOCOL = Pattern.compile("[A-Za-z]:");
    private static final Pattern ALL = Pattern.compile("-|[0-9]+-|-[0-9]+");

    private final Judge judge;

    LocalPorts(Judge judge) {
        this.judge = judge;
    }

    void add(Job job, String name) {
        boolean scans = SCANS.contains(name);
        if (!scans && !OPENS_OR_ENDS.contains(name)) {
            return;
        }
        List<Argument> words = job.arguments();
        boolean here = !scans;
        boolean own = false;
        for (Argument word : words) {
            String value = word.value();
            if (value == null) {
                continue;
            }
            here |= isHere(value);
            own |= isOwn(value, scans);
        }
        if (here && own) {
            judge.shell(job, RiskTier.HIGH, "reaches a port Countersign listens on")
                    .tag("network")
                    .floor(NetCommands.FLOOR);
        }
    }

    /** Whether a host, or a range of hosts, has this machine in it. */
    private static boolean isHere(String word) {
        String host = LowerCase.of(word);
        int slash = host.indexOf('/');
        String first = (slash < 0 ? host : host.substring(0, slash)).replaceAll("[*]|-[0-9]+", "1");
        return Network.isLoopback(first);
    }

    /** A number, a list or a range of numbers, behind an option or by itself. */
    private boolean isOwn(String word, boolean scans) {
        boolean ports = scans && PORT_OPTION.matcher(word).matches();
        String text = ports ? word.substring(2) : OPTION.matcher(word).replaceFirst("");
        if (text.startsWith(":")) {
            text = text.substring(1);
        }
        for (String part : text.split(",", -1)) {
            String port = PROTOCOL.matcher(part).replaceFirst("");
            if (judge.call.network.isOwnPort(port) || (ports && ALL.matcher(port).matches())) {
                return true;
            }
        }
        return false;
    }
}
