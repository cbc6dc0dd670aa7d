package dev.countersign.notify;

import java.time.Clock;
import java.util.function.Function;

/** Makes what carries the messages of a channel, by its kind. */
public final class Carriers implements Function<Channel, Carrier> {
    private final Addresses addresses;
    private final Clock clock;

    /** With the addresses that messages may go to. */
    public Carriers(Addresses addresses, Clock clock) {
        this.addresses = addresses;
        this.clock = clock;
    }

    @Override
    public Carrier apply(Channel channel) {
        Posting posting = new Posting(addresses);
        return switch (channel.settings().kind()) {
            case WEBHOOK -> new Webhook(channel, posting, clock);
            case NTFY -> new Ntfy(channel, posting);
            case TEAMS -> new Teams(channel, posting);
            case EMAIL, SLACK ->
                    throw new IllegalStateException("not there yet (this is a bug)");
        };
    }
}
