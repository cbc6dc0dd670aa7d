package dev.countersign.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A data folder that cannot be used; the message tells a person why and what to do. */
public final class DataFolderException extends IOException {
    private static final long serialVersionUID = 1L;

    DataFolderException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    DataFolderException(String message) {
        this(message, null);
    }
}
