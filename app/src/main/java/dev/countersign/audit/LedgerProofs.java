package dev.countersign.audit;

import dev.countersign.ledger.Hash;
import dev.countersign.ledger.NoteKey;
import dev.countersign.ledger.SignedNote;
import dev.countersign.ledger.Tile;
import java.util.List;
import java.util.Optional;

/** What anybody needs to check a ledger without reading it: its Merkle tree, signed. */
public interface LedgerProofs {
    /** The key of the ledger. */
    NoteKey key();

    /** The newest signed checkpoint, or empty in a ledger nobody wrote to. */
    Optional<SignedNote> checkpoint();

    /** Asks for a checkpoint of what there is now, sooner than the next is due; does not wait. */
    default void hasten() {}

    /**
     * That a record is in the tree of the first {@code size} records.
     *
     * @throws IllegalArgumentException when there is no such record in it, or not so many records
     */
    List<Hash> inclusion(long index, long size);

    /** Proofs of many records of one tree, cheap while they are asked for in order. */
    @FunctionalInterface
    interface Prover {
        /**
         * That a record is in the tree.
         *
         * @throws IllegalArgumentException when it is not
         */
        List<Hash> inclusion(long index);
    }

    /** Of the first {@code size} records. */
    default Prover prover(long size) {
        return index -> inclusion(index, size);
    }

    /**
     * That the tree of the first {@code size} records begins with that of the first {@code older}.
     *
     * @throws IllegalArgumentException when there are not so many records
     */
    List<Hash> consistency(long older, long size);

    /** The hashes of a tile, or empty where the tree has not all of them yet. */
    Optional<List<Hash>> tile(Tile tile);

    /**
     * The records of a tile of level 0, as their bytes, or empty where not all of them are there.
     */
    Optional<List<byte[]>> entries(Tile tile);
}
