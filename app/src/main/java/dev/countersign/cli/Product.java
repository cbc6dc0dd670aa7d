package dev.countersign.cli;

import dev.countersign.analysis.Guarded;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditQuery;
import dev.countersign.audit.CosignatureStore;
import dev.countersign.audit.export.AuditExports;
import dev.countersign.audit.report.AuditReports;
import dev.countersign.audit.retention.Refused;
import dev.countersign.audit.retention.Retention;
import dev.countersign.call.ToolCall;
import dev.countersign.config.DataPlace;
import dev.countersign.config.ServerSettings;
import dev.countersign.ledger.NoteKey;
import dev.countersign.policy.Decision;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the command line needs of the rest of the program. */
public interface Product {

    /**
     * Starts the server and returns once it answers.
     *
     * @throws Failure when it cannot start: folder in use, made by a newer version, port taken
     */
    Server start(ServerSettings settings);

    /**
     * Opens the records of a data folder for reading, beside a running server if need be.
     *
     * @throws Failure when there are none or they were made by a newer version
     */
    Records records(DataPlace data);

    /**
     * Writes an export of a data folder that no server has open, and records it there.
     *
     * @throws Failure when the folder is in use or cannot record it
     */
    void export(DataPlace data, AuditExports.Wanted wanted, OutputStream out) throws IOException;

    /** Something done with old records. */
    @FunctionalInterface
    interface Retaining<T> {
        T with(Retention retention) throws IOException, NotRecorded, Refused;
    }

    /**
     * Archives, takes out or holds records of a data folder that no server has open.
     *
     * @throws Failure when the folder is in use or cannot record it
     */
    <T> T retain(DataPlace data, Retaining<T> doing) throws IOException, Refused;

    /**
     * Makes a report of a data folder that no server has open, and records it there. One that is
     * broken takes no record; the report of it says so.
     *
     * @param address where its links lead
     * @throws Failure when the folder is in use or cannot record it, or nothing such can be made
     */
    AuditReports.Made report(DataPlace data, AuditReports.Wanted wanted, String address);

    /**
     * Checks an export by itself.
     *
     * @param key the key of the ledger, or empty to take the one the export names
     * @param checkpoint a file of what it must agree with, if one is at hand
     * @throws Failure when it is no export or cannot be read
     */
    Verdict verifyExport(
            Path file, Optional<String> key, Optional<Path> checkpoint, List<NoteKey> witnesses);

    /**
     * Goes on from a ledger that is not what was signed, under a new key, with a record that says
     * so.
     *
     * @param reason why a person did this
     * @return what was signed before, one line for people
     * @throws Failure when the folder is in use or its newest records are broken
     */
    String resume(DataPlace data, String reason);

    /**
     * Takes a person out of a data folder that no server has open; the ledger still verifies.
     *
     * @param reason why; it is recorded
     * @return how many records held something of theirs, or empty where nobody is called so
     * @throws Failure when the folder is in use or cannot record it
     */
    Optional<Long> erase(DataPlace data, String person, String reason);

    /**
     * Makes a sign-in link for a person where no server runs on the data. It is on record, and
     * everybody is told by an alarm.
     *
     * @return the code of the link, or empty where nobody has that address
     * @throws Failure when a server runs there
     */
    Optional<String> signInLink(DataPlace data, String email);

    /**
     * Copies everything from one place to another, where nothing is yet and no server runs on
     * either.
     *
     * @param progress a line for people now and then
     * @return what verifies on both sides, one line for people
     * @throws Failure when one is in use, the new one is not empty, or the ledger does not verify
     */
    String copy(DataPlace from, DataPlace to, Consumer<String> progress);

    /**
     * Whether a person accepted this very content of this file. No data folder: false. Never
     * throws.
     */
    boolean accepted(DataPlace data, String path, String sha256);

    /**
     * What a data folder keeps back: newer built-in defaults of this program that nobody accepted
     * there. Empty where there is nothing such, or no data folder. Never throws.
     *
     * @param guarded what no agent may touch
     */
    Optional<HeldBack> heldBack(DataPlace data, Guarded guarded);

    /** Defaults that wait to be accepted. */
    @FunctionalInterface
    interface HeldBack {
        /** The decision, or one as strict as a server on that folder gives. */
        Decision held(Decision decision, ToolCall call, Instant at);
    }

    /** A running server. Closing it answers what is held, within 2 seconds, and may be repeated. */
    interface Server extends AutoCloseable {
        /** Where it answers, the port it really has included. */
        URI url();

        /** A link that signs in the owner of the data folder, usable once. */
        URI signInLink();

        /** Returns when it was closed. */
        void await() throws InterruptedException;

        @Override
        void close();
    }

    /** Records open for reading. */
    interface Records extends AutoCloseable {
        AuditQuery query();

        /**
         * Recomputes every hash.
         *
         * @param checkpoints a file of what the ledger must still contain, if one is at hand
         * @param witnesses each of which must have co-signed some of it
         * @param archives of what was taken out, oldest first
         */
        Verdict verify(Optional<Path> checkpoints, List<NoteKey> witnesses, List<Path> archives);

        /** The newest signed checkpoint, or empty in a ledger nobody wrote to. */
        Optional<String> checkpoint();

        /** The newest checkpoint each witness co-signed; nothing of it was checked. */
        default List<CosignatureStore.Cosigned> cosigned() {
            return List.of();
        }

        /** The key checkpoints are signed with, or empty in a ledger nobody wrote to. */
        Optional<String> key();

        @Override
        void close();
    }

    /**
     * What a verification found.
     *
     * @param intact whether every record is as it was written
     * @param complete whether nothing that is known to have been there is missing
     * @param records how many were checked
     * @param head hash of the last one, or empty text
     * @param integrity one line for people: what was checked, or what is wrong and where
     * @param completeness one line for people: what the end was compared with, or what is missing
     * @param key whose signature an export carries, or empty
     * @param elsewhere where records are that an export could not hold, for people, or empty text
     */
    record Verdict(
            boolean intact,
            boolean complete,
            long records,
            String head,
            String integrity,
            String completeness,
            Optional<String> key,
            String elsewhere) {}
}
