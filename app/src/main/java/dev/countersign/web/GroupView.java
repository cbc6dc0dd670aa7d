package dev.countersign.web;

import dev.countersign.approval.Similar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requests that are alike, as one row that opens to all of them.
 *
 * @param id the same as long as there is one of them
 * @param members the first to expire first; never empty
 */
public record GroupView(String id, List<RequestView> members) {
    public GroupView {
        members = List.copyOf(members);
    }

    /** In the order of their first members; what is like nothing else is a group of one. */
    static List<GroupView> of(List<RequestView> requests) {
        Map<String, List<RequestView>> groups = new LinkedHashMap<>();
        // What somebody asked for by name comes first.
        Stream.concat(
                        requests.stream().filter(r -> !r.passed().isEmpty()),
                        requests.stream().filter(r -> r.passed().isEmpty()))
                .forEach(r -> groups.computeIfAbsent(r.kind(), _ -> new ArrayList<>()).add(r));
        return groups.entrySet().stream()
                .flatMap(group -> pieces(group.getKey(), group.getValue()).stream())
                .toList();
    }

    /** No group is larger than can be answered at once. */
    private static List<GroupView> pieces(String kind, List<RequestView> alike) {
        List<GroupView> pieces = new ArrayList<>();
        for (int from = 0; from < alike.size(); from += Similar.MOST) {
            pieces.add(
                    new GroupView(
                            from == 0 ? kind : kind + "-" + from,
                            alike.subList(from, Math.min(alike.size(), from + Similar.MOST))));
        }
        return pieces;
    }

    public RequestView first() {
        return members.getFirst();
    }

    public boolean alike() {
        return members.size() > 1;
    }

    public String href() {
        return "/?group=" + id;
    }

    public boolean holds(String request) {
        return members.stream().anyMatch(member -> member.id().equals(request));
    }

    /** Another whenever one of them changes, comes or goes. */
    public String version() {
        return members.stream()
                .map(member -> member.id() + ":" + member.version())
                .collect(Collectors.joining(" "));
    }

    /** Whether a slip of the finger must not approve one of them. */
    public boolean grave() {
        return members.stream().anyMatch(member -> member.call().risk().grave());
    }

    /** The commands, each on one line, for a row. */
    public List<List<Drawing.Piece>> headlines() {
        return members.stream().limit(3).map(RequestView::headline).toList();
    }
}
