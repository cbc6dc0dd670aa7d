package dev.countersign.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A passkey (a WebAuthn credential) as kept. Nothing in it is secret.
 *
 * @param id the credential's id, base64url
 * @param email whose
 * @param handle what stands for the person at their authenticator, base64url; says nothing of them
 * @param rp the host name it is good for
 * @param name what its person calls it
 * @param key AAGUID, id and public key as the authenticator wrote them, base64url
 * @param backedUp whether it may be copied to other devices of its person
 * @param counter the highest signature counter seen; zero where the authenticator has none
 * @param created when it was added
 * @param used when it was last used, or null
 */
public record Passkey(
        String id,
        String email,
        String handle,
        String rp,
        String name,
        String key,
        boolean backedUp,
        long counter,
        Instant created,
        @Nullable Instant used) {}
