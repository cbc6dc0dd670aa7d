package dev.countersign.testing;

import dev.countersign.audit.AuditRecord;
import dev.countersign.notify.Accounts;
import dev.countersign.notify.AnswerLinks;
import dev.countersign.notify.Channel;
import dev.countersign.notify.ChannelStore;
import dev.countersign.notify.Delivery;
import dev.countersign.notify.Notice;
import dev.countersign.notify.Outbox;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** An outbox that nothing comes into, with the channels in memory. */
final class MemoryOutbox implements Outbox, ChannelStore, AnswerLinks.Store, Accounts {
    private final Map<String, Channel> channels = new ConcurrentSkipListMap<>();

    @Override
    public List<Channel> all() {
        return List.copyOf(channels.values());
    }

    @Override
    public void put(Channel channel, boolean elsewhere, AuditRecord event) {
        channels.put(channel.name(), channel);
    }

    @Override
    public Map<String, Ended> ended() {
        return Map.of();
    }

    @Override
    public void ended(String name, Ended ended, AuditRecord event) {}

    @Override
    public void resumed(String name, AuditRecord event) {}

    @Override
    public void remove(String name, AuditRecord event) {
        channels.remove(name);
    }

    @Override
    public void listen(boolean wanted) {}

    @Override
    public List<Notice> notices(int most) {
        return List.of();
    }

    @Override
    public void handOn(List<Delivery> deliveries, long last) {}

    @Override
    public List<Delivery> ready(String channel, Instant now, int most) {
        return List.of();
    }

    @Override
    public List<Delivery> together(String channel, Instant now, int most) {
        return List.of();
    }

    @Override
    public List<Delivery> told(String approval) {
        return List.of();
    }

    @Override
    public void settle(Delivery delivery) {}

    @Override
    public void hasten(String channel, Instant now) {}

    @Override
    public Counts counts(String channel) {
        return new Counts(0, 0, Optional.empty(), "");
    }

    @Override
    public List<Delivery> list(Delivery.Status status, Optional<String> channel, int most) {
        return List.of();
    }

    @Override
    public Optional<Delivery> find(String id) {
        return Optional.empty();
    }

    @Override
    public int replay(String channel, Optional<String> id, Instant now) {
        return 0;
    }

    @Override
    public void forget(Instant before) {}

    @Override
    public void keep(Set<String> channels) {}

    @Override
    public Optional<String> place(String channel, String recipient, String approval) {
        return Optional.empty();
    }

    @Override
    public void put(String channel, String recipient, String approval, String place, Instant now) {}

    @Override
    public void put(AnswerLinks.Link link) {}

    @Override
    public Optional<AnswerLinks.Link> kept(String hash) {
        return Optional.empty();
    }

    @Override
    public boolean use(String hash, Instant now) {
        return false;
    }

    @Override
    public void restore(String hash) {}

    @Override
    public Optional<String> person(String channel, String account, String seal) {
        return Optional.empty();
    }

    @Override
    public List<Account> of(String email) {
        return List.of();
    }

    @Override
    public void link(Account account, String seal, Instant now, AuditRecord event) {}

    @Override
    public void unlink(Account account, AuditRecord event) {}
}
