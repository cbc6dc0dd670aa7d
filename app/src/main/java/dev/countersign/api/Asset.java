package dev.countersign.api;

import dev.countersign.ledger.Sha256;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * A file of ours that is the same for everybody, such as what pages are drawn with. Browsers ask
 * again each time and are told that it is the same.
 */
public final class Asset {
    private final String type;
    private final byte[] plain;

    /** The same, for who takes it so. */
    private final byte[] packed;

    /** Names this content. */
    private final String tag;

    private Asset(String type, byte[] plain, byte[] packed) {
        this.type = type;
        this.plain = plain;
        this.packed = packed;
        tag = '"' + Sha256.hex(plain).substring(0, 16) + '"';
    }

    public static Asset of(String type, byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Asset(type, plain, packed.toByteArray());
    }

    public void send(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.ETAG, tag);
        response.header(HeaderNames.VARY, "Accept-Encoding");
        if (request.headers().first(HeaderNames.IF_NONE_MATCH).filter(tag::equals).isPresent()) {
            response.status(304).send();
            return;
        }
        boolean packs =
                request.headers()
                        .first(HeaderNames.ACCEPT_ENCODING)
                        .filter(taken -> taken.contains("gzip"))
                        .isPresent();
        if (packs) {
            response.header(HeaderNames.CONTENT_ENCODING, "gzip");
        }
        response.send(packs ? packed : plain);
    }
}
