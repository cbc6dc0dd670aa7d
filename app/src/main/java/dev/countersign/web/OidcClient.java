package dev.countersign.web;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationResponse;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.countersign.config.ProviderSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One OpenID provider as its client: the code flow with PKCE, state and nonce (OpenID Connect Core
 * 1.0, RFC 7636, RFC 9700).
 */
final class OidcClient {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int MOST_BYTES = 1 << 20;

    /** How far the clocks of the provider and of this server may be apart. */
    static final Duration SKEW = Duration.ofMinutes(2);

    private static final Duration KNOWN = Duration.ofMinutes(10);

    private final ProviderSettings settings;
    private final Secret secret;
    private final URI back;
    private final Clock clock;
    private @Nullable Known known;

    /** What a provider says of itself, for a while. */
    private record Known(OIDCProviderMetadata about, IDTokenValidator tokens, Instant until) {}

    /**
     * A sign-in on its way.
     *
     * @param to where the browser goes
     * @param state what comes back with it
     * @param nonce what the token holds
     * @param verifier what shows that we began it
     */
    record Begun(URI to, String state, String nonce, String verifier) {}

    /**
     * What the provider vouches for.
     *
     * @param verified whether it checked the address
     * @param at when the person signed in there, or null where it does not say
     */
    record Said(
            String issuer,
            String subject,
            String email,
            boolean verified,
            String name,
            List<String> groups,
            @Nullable Instant at) {}

    /** It came to nothing; the message is a sentence for the person. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Speaks to a provider.
     *
     * @param address how people reach this server, without a slash at the end
     */
    OidcClient(ProviderSettings settings, String secret, URI address, Clock clock) {
        this.settings = settings;
        this.secret = new Secret(secret);
        this.clock = clock;
        String base = address.toString();
        back =
                URI.create(
                        (base.endsWith("/") ? base.substring(0, base.length() - 1) : base)
                                + Page.PROVIDER_BACK.path());
    }

    ProviderSettings settings() {
        return settings;
    }

    /**
     * Begins a sign-in.
     *
     * @param again whether the person has to show there that it is them, even where they are signed
     *     in
     */
    Begun begin(boolean again) throws Failed {
        State state = new State();
        Nonce nonce = new Nonce();
        CodeVerifier verifier = new CodeVerifier();
        AuthenticationRequest.Builder request =
                new AuthenticationRequest.Builder(
                                ResponseType.CODE,
                                new Scope("openid", "email", "profile"),
                                new ClientID(settings.client()),
                                back)
                        .endpointURI(about().about().getAuthorizationEndpointURI())
                        .state(state)
                        .nonce(nonce)
                        .codeChallenge(verifier, CodeChallengeMethod.S256);
        if (again) {
            request.prompt(Prompt.Type.LOGIN).maxAge(0);
        }
        return new Begun(
                request.build().toURI(), state.getValue(), nonce.getValue(), verifier.getValue());
    }

    /**
     * Ends it: checks what came back, and asks the provider who that is.
     *
     * @param query what the browser brought, by name
     */
    Said end(Map<String, List<String>> query, String state, String nonce, String verifier)
            throws Failed {
        Known at = about();
        try {
            AuthorizationResponse response = AuthorizationResponse.parse(back, query);
            if (!new State(state).equals(response.getState())) {
                throw new Failed(Texts.say("provider.another-sign-in"), null);
            }
            if (response.getIssuer() != null
                    && !response.getIssuer().equals(at.about().getIssuer())) {
                throw new Failed(Texts.say("provider.another-provider"), null);
            }
            if (!response.indicatesSuccess()) {
                throw new Failed(Texts.say("provider.did-not-sign-in", settings.name()), null);
            }
            OIDCTokens tokens =
                    redeem(at, response.toSuccessResponse().getAuthorizationCode(), verifier);
            IDTokenClaimsSet claims = at.tokens().validate(tokens.getIDToken(), new Nonce(nonce));
            requireBegun(claims);
            ClaimsSet more = claims;
            if (claims.getStringClaim("email") == null
                    || claims.getStringListClaim(settings.groups()) == null) {
                more = info(at, tokens, claims).orElse(claims);
            }
            return said(claims, more);
        } catch (ParseException e) {
            throw new Failed(Texts.say("provider.cannot-be-read", settings.name()), e);
        } catch (BadJOSEException | JOSEException e) {
            throw new Failed(
                    Texts.say(
                            aboutTime(e) ? "provider.clocks-apart" : "provider.does-not-hold",
                            settings.name()),
                    e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** What is not valid yet is nothing OpenID Connect speaks of, and still no proof. */
    private void requireBegun(IDTokenClaimsSet claims) throws BadJWTException {
        Number from = claims.getNumberClaim("nbf");
        if (from != null
                && Instant.ofEpochSecond(from.longValue()).isAfter(clock.instant().plus(SKEW))) {
            throw new BadJWTException("JWT before use time: its clock is ahead");
        }
    }

    private static boolean aboutTime(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Expired")
                || message.contains("ahead")
                || message.contains("issue");
    }

    private OIDCTokens redeem(Known at, AuthorizationCode code, String verifier)
            throws IOException, ParseException, Failed {
        TokenResponse answer =
                OIDCTokenResponseParser.parse(
                        bounded(
                                        new TokenRequest.Builder(
                                                        at.about().getTokenEndpointURI(),
                                                        authentication(at),
                                                        new AuthorizationCodeGrant(
                                                                code,
                                                                back,
                                                                new CodeVerifier(verifier)))
                                                .build()
                                                .toHTTPRequest())
                                .send());
        if (!(answer instanceof OIDCTokenResponse tokens)) {
            throw new Failed(Texts.say("provider.not-taken-back", settings.name()), null);
        }
        return tokens.getOIDCTokens();
    }

    private ClientAuthentication authentication(Known at) {
        ClientID client = new ClientID(settings.client());
        List<ClientAuthenticationMethod> takes = at.about().getTokenEndpointAuthMethods();
        return takes != null
                        && !takes.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                        && takes.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                ? new ClientSecretPost(client, secret)
                : new ClientSecretBasic(client, secret);
    }

    /** What the provider says beside the token, of the same person. */
    private Optional<ClaimsSet> info(Known at, OIDCTokens tokens, IDTokenClaimsSet claims)
            throws IOException, ParseException {
        if (at.about().getUserInfoEndpointURI() == null) {
            return Optional.empty();
        }
        UserInfoResponse info =
                UserInfoResponse.parse(
                        bounded(
                                        new UserInfoRequest(
                                                        at.about().getUserInfoEndpointURI(),
                                                        tokens.getAccessToken())
                                                .toHTTPRequest())
                                .send());
        return info.indicatesSuccess()
                        && info.toSuccessResponse().getUserInfo() != null
                        && info.toSuccessResponse()
                                .getUserInfo()
                                .getSubject()
                                .equals(claims.getSubject())
                ? Optional.of(info.toSuccessResponse().getUserInfo())
                : Optional.empty();
    }

    private Said said(IDTokenClaimsSet claims, ClaimsSet more) throws ParseException {
        // Whether an address was checked is said of the address that stands beside it.
        ClaimsSet ofEmail = claims.getStringClaim("email") == null ? more : claims;
        String email = ofEmail.getStringClaim("email");
        Boolean verified = ofEmail.getBooleanClaim("email_verified");
        if (verified == null && email != null && email.equals(more.getStringClaim("email"))) {
            verified = more.getBooleanClaim("email_verified");
        }
        List<String> groups = claims.getStringListClaim(settings.groups());
        if (groups == null) {
            groups = more.getStringListClaim(settings.groups());
        }
        return new Said(
                claims.getIssuer().getValue(),
                claims.getSubject().getValue(),
                email == null ? "" : email,
                Boolean.TRUE.equals(verified),
                first(claims, more, "name"),
                groups == null ? List.of() : groups,
                claims.getAuthenticationTime() == null
                        ? null
                        : claims.getAuthenticationTime().toInstant());
    }

    private static String first(ClaimsSet claims, ClaimsSet more, String name) {
        String value = claims.getStringClaim(name);
        String other = value == null ? more.getStringClaim(name) : value;
        return other == null ? "" : other;
    }

    /** What the provider says of itself; asked anew after a while. */
    private synchronized Known about() throws Failed {
        Known now = known;
        if (now != null && clock.instant().isBefore(now.until())) {
            return now;
        }
        try {
            Issuer issuer = new Issuer(settings.issuer());
            // Refuses what names itself otherwise.
            OIDCProviderMetadata about = OIDCProviderMetadata.resolve(issuer, OidcClient::bounded);
            JWSAlgorithm algorithm = algorithm(about);
            IDTokenValidator tokens =
                    new IDTokenValidator(
                            issuer,
                            new ClientID(settings.client()),
                            algorithm,
                            about.getJWKSetURI().toURL(),
                            new DefaultResourceRetriever(
                                    TIMEOUT_MILLIS, TIMEOUT_MILLIS, MOST_BYTES));
            tokens.setMaxClockSkew((int) SKEW.toSeconds());
            now = new Known(about, tokens, clock.instant().plus(KNOWN));
            known = now;
            return now;
        } catch (IOException e) {
            throw unreachable(e);
        } catch (GeneralException e) {
            throw new Failed(Texts.say("provider.does-not-fit", settings.name()), e);
        }
    }

    /** Signatures that anybody can check, and that only the provider makes. */
    private static JWSAlgorithm algorithm(OIDCProviderMetadata about) {
        List<JWSAlgorithm> offered = about.getIDTokenJWSAlgs();
        for (JWSAlgorithm each :
                List.of(
                        JWSAlgorithm.RS256,
                        JWSAlgorithm.ES256,
                        JWSAlgorithm.PS256,
                        JWSAlgorithm.EdDSA)) {
            if (offered != null && offered.contains(each)) {
                return each;
            }
        }
        return JWSAlgorithm.RS256;
    }

    private Failed unreachable(IOException e) {
        return new Failed(Texts.say("provider.cannot-be-reached", settings.name()), e);
    }

    private static HTTPRequest bounded(HTTPRequest request) {
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        request.setFollowRedirects(false);
        return request;
    }
}
