package dev.countersign.web;

import dev.countersign.api.Acceptance;
import dev.countersign.approval.Approvals;
import dev.countersign.approval.Queue;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.WaitingFiles;
import dev.countersign.decision.WaitingFiles.WaitingFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The inbox: what waits for this person, and one of it opened beside the list. */
final class InboxPage {
    private static final int DONE = 8;

    private final Site site;
    private final PersonalViews views;
    private final Previews previews;
    private final Approvals approvals;
    private final Queue queue;
    private final Acceptance acceptance;

    InboxPage(
            Site site,
            PersonalViews views,
            Previews previews,
            Approvals approvals,
            Queue queue,
            Acceptance acceptance) {
        this.site = site;
        this.views = views;
        this.previews = previews;
        this.approvals = approvals;
        this.queue = queue;
        this.acceptance = acceptance;
    }

    void inbox(Visit visit) {
        WaitingFiles files = acceptance.files();
        List<RequestView> mine = new ArrayList<>();
        List<RequestView> others = new ArrayList<>();
        boolean all =
                views.eachOpen(
                        visit.person(),
                        view -> {
                            List<RequestView> lane = view.mine() ? mine : others;
                            if (lane.size() < PersonalViews.MOST_SHOWN) {
                                lane.add(view);
                            }
                            return mine.size() < PersonalViews.MOST_SHOWN;
                        });
        boolean more = !all || others.size() == PersonalViews.MOST_SHOWN;
        List<RequestView> done =
                approvals.ended(DONE).stream().map(r -> views.of(r, visit.person())).toList();
        Optional<RequestView> picked =
                visit.query("open")
                        .flatMap(id -> approvals.find(id))
                        .map(r -> views.of(r, visit.person()));
        List<WaitingFile> waiting = files.waiting();
        Optional<WaitingFile> file =
                picked.isPresent()
                        ? Optional.empty()
                        : visit.query("file")
                                .flatMap(path ->
                                        waiting.stream()
                                                .filter(f -> f.path().equals(path))
                                                .findFirst());
        Optional<LaterView> waits =
                visit.query("later")
                        .flatMap(id -> queue.find(id))
                        .map(deferred -> views.of(deferred, visit.person()));
        boolean chosen = picked.isPresent() || file.isPresent() || waits.isPresent();
        if (!chosen && mine.isEmpty()) {
            file = waiting.stream().findFirst();
        }
        @Nullable RequestView opened =
                picked.orElseGet(() ->
                        mine.isEmpty()
                                ? (others.isEmpty() ? null : others.getFirst())
                                : mine.getFirst());
        String notice =
                visit.query("answered")
                        .flatMap(id -> approvals.find(id))
                        .map(r -> r.id() + ": " + RequestView.wording(r))
                        .or(() ->
                                visit.query("settled")
                                        .flatMap(id -> queue.find(id))
                                        .map(deferred -> views.of(deferred, visit.person()))
                                        .map(later -> later.id() + ": " + later.words()))
                        .or(() -> visit.query("accepted").map(_ -> "The file is accepted."))
                        .orElse("");
        Inbox inbox =
                new Inbox(
                        mine,
                        others,
                        more,
                        queue.live().stream().map(d -> views.of(d, visit.person())).toList(),
                        done,
                        waiting.stream().map(FileView::of).toList(),
                        files.problems().stream().map(FileView.Broken::of).toList(),
                        file.isPresent() || waits.isPresent() ? null : opened,
                        file.isPresent() || waits.isPresent() || opened == null
                                ? null
                                : approvals
                                        .find(opened.id())
                                        .map(r -> previews.longer(r, opened, Map.of()))
                                        .orElse(null),
                        waits.isPresent() ? null : file.map(this::offered).orElse(null),
                        waits.orElse(null),
                        chosen,
                        notice);
        site.page(
                visit.response(),
                200,
                "inbox",
                Map.of("frame", site.frame(visit, "Inbox", "inbox", true), "inbox", inbox));
    }

    private FileView.Offered offered(WaitingFile file) {
        return FileView.Offered.of(
                FileView.of(file),
                acceptance.files().content(file).orElse(""),
                acceptance.report(file.path(), file.sha256()).orElse(null));
    }

    void accept(Visit visit) throws NotRecorded {
        acceptance.accept(visit.person(), visit.field("path"), visit.field("sha256"), false);
        visit.redirect("/?accepted=yes");
    }
}
