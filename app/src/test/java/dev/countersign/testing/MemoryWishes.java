package dev.countersign.testing;

import dev.countersign.audit.AuditRecord;
import dev.countersign.config.Rota;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import dev.countersign.notify.Wishes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** How people and teams are told, in memory. */
public final class MemoryWishes implements Wishes {
    private final Map<Whose, ToldHow> told = new ConcurrentHashMap<>();
    private final Map<String, Rota> rotas = new ConcurrentSkipListMap<>();

    @Override
    public Optional<ToldHow> told(Whose whose) {
        return Optional.ofNullable(told.get(whose));
    }

    @Override
    public Map<Whose, ToldHow> all(int most) {
        return Map.copyOf(told);
    }

    @Override
    public void put(Whose whose, ToldHow how, AuditRecord event) {
        told.put(whose, how);
    }

    @Override
    public void remove(Whose whose, AuditRecord event) {
        told.remove(whose);
    }

    @Override
    public Map<String, Rota> rotas() {
        return Map.copyOf(rotas);
    }

    @Override
    public void put(String team, Rota rota, AuditRecord event) {
        rotas.put(team, rota);
    }

    @Override
    public void end(String team, AuditRecord event) {
        rotas.remove(team);
    }

    @Override
    public void ofFile(List<String> said, AuditRecord event) {}
}
