package dev.countersign.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** Where messages go, whole and one after the other. */
final class Wire {
    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();

    Wire(OutputStream out) {
        this.out = out;
    }

    /**
     * Sends the bytes of one message as they are.
     *
     * @return whether somebody took them
     */
    boolean send(byte[] message) {
        lock.lock();
        try {
            out.write(message);
            out.write('\n');
            out.flush();
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }
}
