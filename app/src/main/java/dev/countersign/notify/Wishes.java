package dev.countersign.notify;

import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import dev.countersign.config.Rota;
import dev.countersign.config.ToldHow;
import dev.countersign.config.ToldHow.Whose;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps how people and teams want to be told, and who is on call for a team when. */
public interface Wishes {

    /** What was said, if anything was. */
    Optional<ToldHow> told(Whose whose);

    /** What was said for teams, and for people; so many at most. */
    Map<Whose, ToldHow> all(int most);

    void put(Whose whose, ToldHow how, AuditRecord event) throws NotRecorded;

    void remove(Whose whose, AuditRecord event) throws NotRecorded;

    /** The rotas by their teams. */
    Map<String, Rota> rotas();

    void put(String team, Rota rota, AuditRecord event) throws NotRecorded;

    void end(String team, AuditRecord event) throws NotRecorded;

    /**
     * Notes what the settings file says, where it says something else than it did.
     *
     * @param said all of it
     */
    void ofFile(List<String> said, AuditRecord event) throws NotRecorded;
}
