package dev.countersign.web;

import dev.countersign.api.Acceptance;
import dev.countersign.api.OwnerUses;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Queue;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.call.Place;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.WaitingFiles.WaitingFile;
import dev.countersign.people.Permission;
import dev.countersign.people.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The inbox: what waits for this person, and one of it opened beside the list. */
final class InboxPage {
    private static final int DONE = 20;
    private static final Duration LATELY = Duration.ofHours(24);

    private final Site site;
    private final PersonalViews views;
    private final Previews previews;
    private final Approvals approvals;
    private final Queue queue;
    private final OwnerUses ownerUses;
    private final Acceptance acceptance;
    private final Evidence evidence;
    private final Guides guides;

    InboxPage(
            Site site,
            PersonalViews views,
            Previews previews,
            Approvals approvals,
            Queue queue,
            OwnerUses ownerUses,
            Acceptance acceptance,
            Evidence evidence,
            Guides guides) {
        this.evidence = evidence;
        this.guides = guides;
        this.site = site;
        this.views = views;
        this.previews = previews;
        this.approvals = approvals;
        this.queue = queue;
        this.ownerUses = ownerUses;
        this.acceptance = acceptance;
    }

    void inbox(Visit visit) {
        WaitingFiles files = acceptance.files();
        List<RequestView> mine = new ArrayList<>();
        List<RequestView> team = new ArrayList<>();
        List<RequestView> others = new ArrayList<>();
        boolean all =
                views.eachOpen(
                        visit.person(),
                        view -> {
                            List<RequestView> lane =
                                    view.mine() ? mine : view.team() ? team : others;
                            if (lane.size() < PersonalViews.MOST_SHOWN) {
                                lane.add(view);
                            }
                            return mine.size() < PersonalViews.MOST_SHOWN;
                        });
        boolean more =
                !all
                        || team.size() == PersonalViews.MOST_SHOWN
                        || others.size() == PersonalViews.MOST_SHOWN;
        List<GroupView> groups = GroupView.of(mine);
        List<RequestView> done =
                approvals.ended(DONE).stream()
                        .filter(r ->
                                r.ended() != null && r.ended().plus(LATELY).isAfter(views.now()))
                        .map(r -> views.of(r, visit.person()))
                        .toList();
        Beside beside =
                chosen(visit, groups)
                        .orElseGet(() -> offhand(groups, team.isEmpty() ? others : team));
        String notice =
                visit.query("answered")
                        .flatMap(id -> approvals.find(id))
                        .map(r -> r.id() + ": " + RequestView.wording(r))
                        .or(() ->
                                visit.query("settled")
                                        .flatMap(id -> queue.find(id))
                                        .map(deferred -> views.of(deferred, visit.person()))
                                        .map(later -> later.id() + ": " + later.words()))
                        .or(() ->
                                visit.query("accepted")
                                        .map(_ -> Texts.say("inbox.the-file-is-accepted")))
                        .orElse("");
        RequestView opened = beside.opened();
        Inbox inbox =
                new Inbox(
                        groups,
                        team,
                        others,
                        more,
                        queue.live().stream().map(d -> views.of(d, visit.person())).toList(),
                        done,
                        files.waiting().stream().map(FileView::of).toList(),
                        files.problems().stream().map(FileView.Broken::of).toList(),
                        opened,
                        beside.group(),
                        opened == null
                                ? null
                                : approvals
                                        .find(opened.id())
                                        .map(r -> previews.longer(r, opened, Map.of()))
                                        .orElse(null),
                        opened == null
                                ? null
                                : approvals
                                        .find(opened.id())
                                        .map(r -> evidence.of(r, visit.person()))
                                        .orElse(null),
                        beside.file() == null ? null : offered(beside.file(), visit.person()),
                        beside.waits(),
                        beside.picked(),
                        notice,
                        ownerUses.latest().stream()
                                .map(use -> UseView.of(use, views.now()))
                                .toList(),
                        beside.nothing() ? guides.guide().orElse(null) : null);
        site.page(
                visit.response(),
                200,
                "inbox",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("inbox.inbox"), "inbox", true),
                        "inbox",
                        inbox));
    }

    /**
     * What stands beside the list: one of these, or nothing.
     *
     * @param picked whether the person chose it
     */
    private record Beside(
            @Nullable RequestView opened,
            @Nullable GroupView group,
            @Nullable WaitingFile file,
            @Nullable LaterView waits,
            boolean picked) {
        boolean nothing() {
            return opened == null && group == null && file == null && waits == null;
        }
    }

    private Optional<Beside> chosen(Visit visit, List<GroupView> groups) {
        return visit.query("open")
                .flatMap(approvals::find)
                .map(r -> new Beside(views.of(r, visit.person()), null, null, null, true))
                .or(() ->
                        visit.query("file")
                                .flatMap(this::waiting)
                                .map(file -> new Beside(null, null, file, null, true)))
                .or(() ->
                        visit.query("later")
                                .flatMap(queue::find)
                                .map(later -> views.of(later, visit.person()))
                                .map(later -> new Beside(null, null, null, later, true)))
                .or(() ->
                        visit.query("group")
                                .flatMap(id -> group(groups, id))
                                .map(group -> new Beside(null, group, null, null, true)));
    }

    private Optional<WaitingFile> waiting(String path) {
        return acceptance.files().waiting().stream().filter(f -> f.path().equals(path)).findFirst();
    }

    private static Optional<GroupView> group(List<GroupView> groups, String id) {
        return groups.stream().filter(group -> group.id().equals(id)).findFirst();
    }

    /** What comes first for somebody who chose nothing. */
    private Beside offhand(List<GroupView> groups, List<RequestView> others) {
        if (!groups.isEmpty()) {
            GroupView first = groups.getFirst();
            return first.alike()
                    ? new Beside(null, first, null, null, false)
                    : new Beside(first.first(), null, null, null, false);
        }
        Optional<WaitingFile> file = acceptance.files().waiting().stream().findFirst();
        if (file.isPresent()) {
            return new Beside(null, null, file.get(), null, false);
        }
        return new Beside(others.isEmpty() ? null : others.getFirst(), null, null, null, false);
    }

    private FileView.Offered offered(WaitingFile file, Principal.Person person) {
        return FileView.Offered.of(
                FileView.of(file),
                acceptance.files().content(file).orElse(""),
                acceptance.report(file.path(), file.sha256()).orElse(null),
                Site.barred(person, Permission.ACCEPT, Place.NOWHERE));
    }

    void accept(Visit visit) throws NotRecorded {
        acceptance.accept(visit.person(), visit.field("path"), visit.field("sha256"), false);
        visit.redirect("/?accepted=yes");
    }
}
