package dev.countersign.notify;

import dev.countersign.notify.mail.Mail;
import dev.countersign.notify.push.Push;
import dev.countersign.notify.push.Subscriptions;
import dev.countersign.notify.slack.Slack;
import java.net.URI;
import java.time.Clock;
import java.util.function.Function;

/** Makes what carries the messages of a channel, by its kind. */
public final class Carriers implements Function<Channel, Carrier> {
    private final Addresses addresses;
    private final Outbox outbox;
    private final AnswerLinks links;
    private final Subscriptions subscriptions;
    private final URI address;
    private final Clock clock;

    /**
     * What they all need.
     *
     * @param addresses that messages may go to
     * @param outbox knows where messages were put
     * @param links in messages
     * @param subscriptions browsers in which people are told
     * @param address how people reach this server
     */
    public Carriers(
            Addresses addresses,
            Outbox outbox,
            AnswerLinks links,
            Subscriptions subscriptions,
            URI address,
            Clock clock) {
        this.subscriptions = subscriptions;
        this.addresses = addresses;
        this.outbox = outbox;
        this.links = links;
        this.address = address;
        this.clock = clock;
    }

    @Override
    public Carrier apply(Channel channel) {
        Posting posting = new Posting(addresses);
        return switch (channel.settings().kind()) {
            case WEBHOOK -> new Webhook(channel, posting, clock);
            case PUSH -> new Push(channel, posting, subscriptions, address, clock);
            case NTFY -> new Ntfy(channel, posting);
            case TEAMS -> new Teams(channel, posting);
            case EMAIL -> new Mail(channel, addresses, links, address, clock);
            case SLACK -> new Slack(channel, addresses, outbox, clock);
        };
    }
}
