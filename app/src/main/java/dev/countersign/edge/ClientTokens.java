package dev.countersign.edge;

import dev.countersign.edge.EdgeFolder.Client;
import dev.countersign.ledger.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Who may ask through the edge: whoever shows a token that its user made. It says nothing about who
 * that is to the server, which knows this device alone.
 */
final class ClientTokens {
    private final EdgeFolder folder;
    private final SecureRandom random = new SecureRandom();
    private final String owner = "csw_" + letters(32);
    private final String ownerHash = Sha256.hex(owner);
    private List<Client> clients;

    ClientTokens(EdgeFolder folder) throws IOException {
        this.folder = folder;
        clients = List.copyOf(folder.clients());
    }

    /**
     * A token just made.
     *
     * @param secret shown once
     */
    record Made(String id, String secret) {
        @Override
        public String toString() {
            return "Made[" + id + "]";
        }
    }

    /** What the user's own commands set the edge up with, while it runs. */
    String owner() {
        return owner;
    }

    boolean isOwner(String secret) {
        return same(Sha256.hex(secret), ownerHash);
    }

    synchronized boolean knows(String secret) {
        String hash = Sha256.hex(secret);
        boolean known = false;
        for (Client client : clients) {
            known |= same(client.hash(), hash);
        }
        return known;
    }

    synchronized Made make(String name) throws IOException {
        String secret = "cse_" + letters(32);
        Client client = new Client("edg_" + letters(9), name, Sha256.hex(secret));
        List<Client> all = new ArrayList<>(clients);
        all.add(client);
        folder.keep(all);
        clients = List.copyOf(all);
        return new Made(client.id(), secret);
    }

    synchronized boolean revoke(String id) throws IOException {
        List<Client> left = clients.stream().filter(client -> !client.id().equals(id)).toList();
        if (left.size() == clients.size()) {
            return false;
        }
        folder.keep(left);
        clients = left;
        return true;
    }

    private String letters(int bytes) {
        byte[] some = new byte[bytes];
        random.nextBytes(some);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(some);
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
