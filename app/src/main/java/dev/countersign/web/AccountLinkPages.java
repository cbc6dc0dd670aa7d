package dev.countersign.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.call.RiskTier;
import dev.countersign.config.SettingsProblem;
import dev.countersign.notify.AccountLinks;
import dev.countersign.notify.AccountLinks.Wanted;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.Wishes;
import dev.countersign.notify.Wishes.Wish;
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
    private final Site site;
    private final AccountLinks links;
    private final Accounts accounts;
    private final Wishes wishes;
    private final Clock clock;

    AccountLinkPages(Site site, AccountLinks links, Accounts accounts, Wishes wishes, Clock clock) {
        this.wishes = wishes;
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
        model.put("frame", site.frame(visit, "How I am told", "settings", false));
        model.put("code", wanted.isPresent() ? code : "");
        model.put("lost", wanted.isEmpty() && !code.equals("accounts"));
        model.put("label", Drawing.of(wanted.map(Wanted::label).orElse("")));
        model.put("account", Drawing.of(wanted.map(Wanted::account).orElse("")));
        model.put("channel", wanted.map(Wanted::channel).orElse(""));
        model.put("mine", mine);
        model.put("wish", wishes.wish(visit.person().email()));
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
            page(visit, "The account answers for you no more.");
            return;
        }
        Optional<Wanted> wanted = links.take(visit.parameter("code"));
        if (wanted.isEmpty()) {
            page(visit, "");
            return;
        }
        Accounts.Account account =
                new Accounts.Account(wanted.get().channel(), wanted.get().account(), email);
        accounts.link(account, clock.instant(), event(account, " is the account of "));
        page(visit, "Linked. Go back and press again.");
    }

    /** Notes when somebody wants to be told. */
    private void told(Visit visit) throws NotRecorded {
        try {
            wishes.wish(
                    visit.person().email(),
                    new Wish(
                            visit.field("told").equals("yes"),
                            RiskTier.of(visit.text("risk", 10)).orElse(RiskTier.NONE),
                            visit.text("hours", 100)));
            page(visit, "Saved.");
        } catch (SettingsProblem e) {
            page(visit, Site.sentence(String.valueOf(e.getMessage())));
        }
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
