package dev.countersign.people;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.Challenge;
import com.webauthn4j.data.extension.authenticator.AuthenticationExtensionsAuthenticatorOutputs;
import com.webauthn4j.server.ServerProperty;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.audit.AuditRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Passkeys (WebAuthn level 2): made by a person who is signed in, shown to sign in. The person must
 * have been verified by their device each time.
 */
public final class Passkeys {
    private static final System.Logger LOG = System.getLogger(Passkeys.class.getName());
    private static final Duration LASTS = Duration.ofMinutes(10);
    private static final int MOST = 20;
    private static final String UNFIT = "the browser's answer does not hold, so nothing was kept";

    /** What the keys of authenticators sign with: ES256, EdDSA, RS256. */
    private static final List<PublicKeyCredentialParameters> ALGORITHMS =
            List.of(
                            COSEAlgorithmIdentifier.ES256,
                            COSEAlgorithmIdentifier.EdDSA,
                            COSEAlgorithmIdentifier.RS256)
                    .stream()
                    .map(algorithm ->
                            new PublicKeyCredentialParameters(
                                    PublicKeyCredentialType.PUBLIC_KEY, algorithm))
                    .toList();

    private final SignInStore store;
    private final PeopleStore people;
    private final Signed signed;
    private final Clock clock;
    private final Secrets secrets = new Secrets();

    /** The library, made when it is needed first: a server that starts does not wait for it. */
    private static final class Library {
        private static final ObjectConverter CONVERTER = new ObjectConverter();
        private static final WebAuthnManager MANAGER =
                WebAuthnManager.createNonStrictWebAuthnManager(CONVERTER);
        private static final AttestedCredentialDataConverter KEYS =
                new AttestedCredentialDataConverter(CONVERTER);
    }

    /**
     * As whom we speak to authenticators.
     *
     * @param id the host name passkeys are bound to
     * @param origin the pages they are shown on, such as {@code https://countersign.example.com}
     */
    public record Party(String id, String origin) {}

    /** What a shown passkey is for: a challenge of one purpose is good for no other. */
    public enum Purpose {
        ADD,
        SIGN_IN,
        SECOND,
        CONFIRM
    }

    public Passkeys(SignInStore store, PeopleStore people, Signed signed, Clock clock) {
        this.store = store;
        this.people = people;
        this.signed = signed;
        this.clock = clock;
    }

    /** The passkeys of a person, the oldest first. */
    public List<Passkey> of(String email) {
        return store.passkeys(email);
    }

    /**
     * What the browser is asked to make, as {@code PublicKeyCredentialCreationOptionsJSON}.
     *
     * @param person who is signed in
     */
    public ObjectNode toAdd(Principal.Person person, Party party) {
        List<Passkey> known = store.passkeys(person.email());
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        String handle = known.isEmpty() ? secrets.secret("") : known.getFirst().handle();
        options.put("challenge", challenge(Purpose.ADD, person.sessionId(), handle));
        options.putObject("rp").put("id", party.id()).put("name", "Countersign");
        options.putObject("user")
                .put("id", handle)
                .put("name", person.email())
                .put("displayName", person.email());
        ArrayNode algorithms = options.putArray("pubKeyCredParams");
        ALGORITHMS.forEach(each ->
                algorithms
                        .addObject()
                        .put("type", "public-key")
                        .put("alg", each.getAlg().getValue()));
        options.putObject("authenticatorSelection")
                .put("residentKey", "required")
                .put("requireResidentKey", true)
                .put("userVerification", "required");
        options.put("attestation", "none");
        list(options.putArray("excludeCredentials"), known, party);
        return options;
    }

    private static void list(ArrayNode list, List<Passkey> known, Party party) {
        known.stream()
                .filter(each -> each.rp().equals(party.id()))
                .forEach(each -> list.addObject().put("type", "public-key").put("id", each.id()));
    }

    /**
     * What the browser is asked to show, as {@code PublicKeyCredentialRequestOptionsJSON}.
     *
     * @param about the session that confirms or the proof that a password was right; empty to sign
     *     in with a passkey alone
     * @param email whose passkeys will do, or empty for anybody's
     */
    public ObjectNode toShow(Purpose purpose, String about, Optional<String> email, Party party) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        options.put("challenge", challenge(purpose, about, ""));
        options.put("rpId", party.id());
        options.put("userVerification", "required");
        if (email.isPresent()) {
            list(options.putArray("allowCredentials"), store.passkeys(email.get()), party);
        }
        return options;
    }

    private String challenge(Purpose purpose, String about, String text) {
        return signed.sign(purpose(purpose, about), text, LASTS);
    }

    private static String purpose(Purpose purpose, String about) {
        return "passkey " + purpose + " " + about;
    }

    /**
     * Keeps a passkey that the browser made.
     *
     * @param name what its person calls it
     * @param response the browser's answer, as {@code RegistrationResponseJSON}
     * @return why not, or empty when it is kept
     */
    public Optional<String> add(Principal.Person person, Party party, String name, String response)
            throws NotRecorded {
        List<Passkey> known = store.passkeys(person.email());
        if (known.size() >= MOST) {
            return Optional.of("you have " + MOST + " passkeys; remove one first");
        }
        Optional<RegistrationData> data =
                attempt(() -> Library.MANAGER.parseRegistrationResponseJSON(response));
        Optional<CollectedClientData> client = data.map(RegistrationData::getCollectedClientData);
        if (client.isEmpty()) {
            return Optional.of(UNFIT);
        }
        Optional<String> handle =
                challenge(Purpose.ADD, person.sessionId(), client.get().getChallenge());
        if (handle.isEmpty()) {
            return Optional.of("that took too long, or was done already; try again");
        }
        Optional<Passkey> fit =
                attempt(() ->
                        made(
                                person.email(),
                                party,
                                name,
                                handle.get(),
                                Library.MANAGER.verify(
                                        data.get(),
                                        new RegistrationParameters(
                                                server(party, client.get().getChallenge()),
                                                ALGORITHMS,
                                                true,
                                                true))));
        if (fit.isEmpty()) {
            return Optional.of(UNFIT);
        }
        Passkey made = fit.get();
        if (store.passkey(made.id()).isPresent()) {
            return Optional.of("this passkey is known already");
        }
        store.put(
                made,
                event(person, person.email() + " added the passkey `" + name + "`", made.id()));
        return Optional.empty();
    }

    /**
     * The passkey that a browser showed, with its use noted; empty when anything about it is wrong.
     *
     * @param about as it was when it was asked for
     * @param response the browser's answer, as {@code AuthenticationResponseJSON}
     */
    public Optional<Passkey> shown(Purpose purpose, String about, Party party, String response)
            throws NotRecorded {
        Optional<AuthenticationData> data =
                attempt(() -> Library.MANAGER.parseAuthenticationResponseJSON(response));
        Optional<CollectedClientData> client = data.map(AuthenticationData::getCollectedClientData);
        Optional<Passkey> known =
                data.flatMap(Passkeys::credential)
                        .flatMap(store::passkey)
                        .filter(each -> each.rp().equals(party.id()));
        if (client.isEmpty() || known.isEmpty()) {
            return Optional.empty();
        }
        Passkey passkey = known.get();
        boolean theirs =
                data.flatMap(Passkeys::handle)
                        .map(passkey.handle()::equals)
                        .orElse(purpose != Purpose.SIGN_IN);
        if (!theirs || challenge(purpose, about, client.get().getChallenge()).isEmpty()) {
            return Optional.empty();
        }
        Optional<Long> counter =
                attempt(() ->
                                Library.MANAGER.verify(
                                        data.get(),
                                        new AuthenticationParameters(
                                                server(party, client.get().getChallenge()),
                                                record(passkey),
                                                null,
                                                true,
                                                true)))
                        .map(AuthenticationData::getAuthenticatorData)
                        .map(AuthenticatorData::getSignCount);
        return counter.isPresent()
                        && people.person(passkey.email()).isPresent()
                        && store.used(passkey, counter.get(), clock.instant())
                ? Optional.of(passkey)
                : Optional.empty();
    }

    @SuppressWarnings("NullAway") // the library marks the bytes as absent, and means the array
    private static Optional<String> credential(AuthenticationData data) {
        byte[] id = data.getCredentialId();
        return id == null ? Optional.empty() : Optional.of(text(id));
    }

    @SuppressWarnings("NullAway") // as above
    private static Optional<String> handle(AuthenticationData data) {
        byte[] handle = data.getUserHandle();
        return handle == null ? Optional.empty() : Optional.of(text(handle));
    }

    /** What the library makes of a stranger's bytes; empty whatever it finds wrong with them. */
    private static <T> Optional<T> attempt(Supplier<T> library) {
        try {
            return Optional.of(library.get());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a passkey was refused", e);
            return Optional.empty();
        }
    }

    private Passkey made(
            String email, Party party, String name, String handle, RegistrationData data) {
        AuthenticatorData<?> authenticator =
                Objects.requireNonNull(data.getAttestationObject()).getAuthenticatorData();
        AttestedCredentialData key =
                Objects.requireNonNull(authenticator.getAttestedCredentialData());
        return new Passkey(
                text(key.getCredentialId()),
                email,
                handle,
                party.id(),
                name,
                text(Library.KEYS.convert(key)),
                authenticator.isFlagBE(),
                authenticator.getSignCount(),
                clock.instant(),
                null);
    }

    private Optional<String> challenge(Purpose purpose, String about, Challenge challenge) {
        return signed.readOnce(purpose(purpose, about), text(challenge.getValue()));
    }

    private static ServerProperty server(Party party, Challenge challenge) {
        return new ServerProperty(new Origin(party.origin()), party.id(), challenge);
    }

    private CredentialRecord record(Passkey passkey) {
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                passkey.backedUp(),
                null,
                passkey.counter(),
                Library.KEYS.convert(Base64.getUrlDecoder().decode(passkey.key())),
                new AuthenticationExtensionsAuthenticatorOutputs<>(),
                null,
                null,
                null);
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Takes a passkey away; false when this person has no such one. */
    public boolean remove(Principal.Person person, String id) throws NotRecorded {
        Optional<Passkey> found =
                store.passkey(id).filter(each -> each.email().equals(person.email()));
        return found.isPresent()
                && store.removePasskey(
                        person.email(),
                        id,
                        event(
                                person,
                                person.email()
                                        + " removed the passkey `"
                                        + found.get().name()
                                        + "`",
                                id));
    }

    private AuditRecord event(Principal.Person person, String summary, String id) {
        return AuditRecord.change(
                "sign-in",
                clock.instant(),
                person.email(),
                null,
                summary,
                JsonNodeFactory.instance.objectNode().put("passkey", id));
    }
}
