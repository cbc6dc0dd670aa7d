package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Problem;
import dev.countersign.api.RoutingRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.AccountLinks.Wanted;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.Notifications;
import dev.countersign.notify.push.Push;
import dev.countersign.notify.push.Subscription;
import dev.countersign.notify.push.Subscriptions;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How somebody is told of questions elsewhere, and which accounts in chats are theirs: said by a
 * person who is signed in and confirmed it of late.
 */
final class AccountLinkPages {
    private static final int MOST_BROWSERS = 20;

    private final Site site;
    private final AccountLinks links;
    private final Accounts accounts;
    private final RoutingRoutes routing;
    private final Notifications notifications;
    private final Subscriptions subscriptions;
    private final Clock clock;

    AccountLinkPages(
            Site site,
            AccountLinks links,
            Accounts accounts,
            RoutingRoutes routing,
            Notifications notifications,
            Subscriptions subscriptions,
            Clock clock) {
        this.subscriptions = subscriptions;
        this.routing = routing;
        this.notifications = notifications;
        this.site = site;
        this.links = links;
        this.accounts = accounts;
        this.clock = clock;
    }

    void show(Visit visit) {
        page(visit, "");
    }

    private void page(Visit visit, String notice) {
        String code = visit.parameter("code");
        Optional<Wanted> wanted = links.find(code);
        List<Accounts.Account> mine = accounts.of(visit.person().email());
        Map<String, @Nullable Object> model = new HashMap<>();
        model.put(
                "frame",
                site.frame(visit, Texts.say("account-link.how-i-am-told"), "settings", false));
        model.put("code", wanted.isPresent() ? code : "");
        model.put("lost", wanted.isEmpty() && !code.equals("accounts"));
        model.put("label", Drawing.of(wanted.map(Wanted::label).orElse("")));
        model.put("account", Drawing.of(wanted.map(Wanted::account).orElse("")));
        model.put("channel", wanted.map(Wanted::channel).orElse(""));
        model.put("mine", mine);
        Whose whose = Whose.person(visit.person().email());
        model.put("how", notifications.routing().told(whose).orElse(ToldHow.ALL));
        model.put("said", notifications.routing().told(whose).isPresent());
        model.put("ofFile", notifications.routing().ofFile(whose));
        model.put("pushKey", notifications.pushKey().orElse(""));
        model.put("browsers", subscriptions.of(visit.person().email()));
        model.put("notice", notice);
        site.page(
                visit.response(),
                wanted.isPresent() || !notice.isEmpty() || code.equals("accounts") ? 200 : 404,
                "account-link",
                model);
    }

    /** Links the account, or takes one away. */
    void link(Visit visit) throws NotRecorded {
        String email = visit.person().email();
        if (visit.field("answer").equals("told")) {
            told(visit);
            return;
        }
        if (visit.field("answer").equals("remove")) {
            String account = visit.text("account", 200);
            for (Accounts.Account each : accounts.of(email)) {
                if (each.account().equals(account)
                        && each.channel().equals(visit.text("channel", 64))) {
                    accounts.unlink(each, event(each, " is not the account of "));
                }
            }
            page(visit, Texts.say("account-link.the-account-answers-for"));
            return;
        }
        Optional<Wanted> wanted = links.take(visit.parameter("code"));
        if (wanted.isEmpty()) {
            page(visit, "");
            return;
        }
        Accounts.Account account =
                new Accounts.Account(wanted.get().channel(), wanted.get().account(), email);
        accounts.link(
                account,
                wanted.get().seal(),
                clock.instant(),
                event(account, " is the account of "));
        page(visit, Texts.say("account-link.linked-go-back-and"));
    }

    /** Notes when somebody wants to be told. */
    private void told(Visit visit) throws NotRecorded {
        try {
            ObjectNode body = RoutingPages.said(visit);
            // A box that is not ticked sends nothing.
            ObjectNode _ =
                    routing.mine(
                            body.put("told", visit.field("told").equals("yes")), visit.person());
            page(visit, Texts.say("account-link.saved"));
        } catch (Problem problem) {
            page(visit, Site.sentence(problem.detail()));
        }
    }

    /** Somebody wants to be told in the browser they are at. */
    void subscribe(Visit visit) throws NotRecorded {
        String email = visit.person().email();
        if (notifications.pushKey().isEmpty() || subscriptions.of(email).size() >= MOST_BROWSERS) {
            page(visit, Texts.say("account-link.no-more-browsers-can"));
            return;
        }
        try {
            Subscription made =
                    Subscription.of(
                            email,
                            visit.text("endpoint", 2_000),
                            visit.text("p256dh", 200),
                            visit.text("auth", 100),
                            label(visit),
                            clock.instant());
            subscriptions.put(made, Push.event(made, "is told of questions", clock));
            page(visit, Texts.say("account-link.you-are-told-in"));
        } catch (IllegalArgumentException e) {
            page(visit, Texts.say("account-link.this-browser-said-nothing"));
        }
    }

    private static String label(Visit visit) {
        String typed = visit.text("label", 60);
        return typed.isEmpty() ? Texts.say("account-link.without-a-name") : typed;
    }

    /** A browser of theirs is told no more. */
    void unsubscribe(Visit visit) throws NotRecorded {
        for (Subscription each : subscriptions.of(visit.person().email())) {
            if (each.id().equals(visit.text("browser", 100))) {
                subscriptions.remove(each.id(), Push.event(each, "is not told any more", clock));
            }
        }
        page(visit, Texts.say("account-link.that-browser-is-not"));
    }

    private AuditRecord event(Accounts.Account account, String what) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                account.email(),
                null,
                account.account() + " of the channel " + account.channel() + what + account.email(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("channel", account.channel())
                        .put("account", account.account())
                        .put("email", account.email()));
    }
}
