package dev.countersign;

import dev.countersign.cli.Failure;
import dev.countersign.cli.Product;
import dev.countersign.config.ServerSettings;
import java.nio.file.Path;

/** Stands where the server will be wired in. */
final class NoServer implements Product {
    @Override
    public Server start(ServerSettings settings) {
        throw Failure.failed("the server is not wired in yet");
    }

    @Override
    public Records records(Path data) {
        throw Failure.failed("the ledger is not wired in yet");
    }

    @Override
    public boolean accepted(Path data, String path, String sha256) {
        return false;
    }
}
