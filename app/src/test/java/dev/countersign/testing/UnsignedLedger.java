package dev.countersign.testing;

import dev.countersign.audit.LedgerProofs;
import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.NoteSigner;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import java.util.List;
import java.util.Optional;

/** A ledger in memory has no tree: nothing of it is signed or proved. */
final class UnsignedLedger implements LedgerProofs {
    @Override
    public NoteKey key() {
        return NoteSigner.of("countersign/test", NoteKey.Kind.LOG, new byte[32]).key();
    }

    @Override
    public Optional<SignedNote> checkpoint() {
        return Optional.empty();
    }

    @Override
    public List<Hash> inclusion(long index, long size) {
        throw new IllegalArgumentException("the ledger does not have " + size + " records");
    }

    @Override
    public List<Hash> consistency(long older, long size) {
        throw new IllegalArgumentException("the ledger does not have " + size + " records");
    }

    @Override
    public Optional<List<Hash>> tile(Tile tile) {
        return Optional.empty();
    }

    @Override
    public Optional<List<byte[]>> entries(Tile tile) {
        return Optional.empty();
    }
}
