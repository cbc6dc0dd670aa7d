package dev.countersign.store;

import dev.countersign.ledger.Slice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The tables of a database file that nobody writes, read as they lie in it (SQLite's documented
 * file format): many times quicker than asked for row by row. Only what is there in the plain way
 * is read; anything else is an {@link IOException}, and whoever asked then asks SQLite.
 */
final class SqliteFile implements AutoCloseable {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 100;
    private static final int UTF_8 = 1;
    private static final int LEAST_PAGE = 512;
    private static final int MOST_PAGE = 1 << 16;
    private static final int LEAF = 0x0d;
    private static final int INTERIOR = 0x05;
    private static final int MOST_DEPTH = 20;
    private static final int MOST_ROW = 1 << 28;

    /** Behind a page, so that no number that is cut off there is read from beyond. */
    private static final int SLACK = 32;

    private final Arena arena;
    private final MemorySegment file;
    private final int page;
    private final int usable;

    private SqliteFile(Arena arena, MemorySegment file, int page, int usable) {
        this.arena = arena;
        this.file = file;
        this.page = page;
        this.usable = usable;
    }

    /**
     * Opens a file.
     *
     * @throws IOException when it cannot be read, or not in this way
     */
    static SqliteFile open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment whole =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            byte[] header = new byte[HEADER];
            copy(whole, 0, header, HEADER);
            int named = (int) number(header, 16, 2);
            int page = named == 1 ? MOST_PAGE : named;
            int usable = page - (header[20] & 0xff);
            if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                    || number(header, 56, 4) != UTF_8
                    || page < LEAST_PAGE
                    || Integer.bitCount(page) != 1) {
                throw unclear();
            }
            return new SqliteFile(arena, whole, page, usable);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** A disk that fails is an error of the machine then, and no signal that ends the program. */
    private static void copy(MemorySegment file, long from, byte[] into, int count)
            throws IOException {
        try {
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, into, 0, count);
        } catch (IndexOutOfBoundsException | InternalError e) {
            throw new IOException("the file cannot be read", e);
        }
    }

    private static IOException unclear() {
        return new IOException("the file is not plain");
    }

    private static long number(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Copies a page. */
    private void page(long number, byte[] into) throws IOException {
        copy(file, (number - 1) * page, into, page);
    }

    /**
     * The rows of a table from a number on.
     *
     * @param root the page the table begins at
     * @param columns how many columns each row has
     */
    Cursor rows(long root, int columns, long first) throws IOException {
        return new Cursor(this, root, columns, first);
    }

    /** The rows of a table with a row number, in their order. */
    static final class Cursor {
        private final SqliteFile file;
        private final int columns;

        // The way down to the row: a page each, and the cell there that comes next.
        private final byte[][] pages = new byte[MOST_DEPTH][];
        private final int[] cells = new int[MOST_DEPTH];
        private final int[] next = new int[MOST_DEPTH];

        /** Every row below comes after this one. */
        private final long[] least = new long[MOST_DEPTH];

        /** And none after this one. */
        private final long[] most = new long[MOST_DEPTH];

        private int depth = -1;
        private boolean any;
        private long row;
        private byte[] bytes = new byte[0];
        private final int[] from;
        private final int[] length;
        private final long[] type;

        private Cursor(SqliteFile file, long root, int columns, long first) throws IOException {
            this.file = file;
            this.columns = columns;
            this.from = new int[columns];
            this.length = new int[columns];
            this.type = new long[columns];
            down(root, Long.MIN_VALUE, Long.MAX_VALUE, first);
        }

        /** Goes down to the leaf where rows from a number on begin. */
        private void down(long root, long after, long upTo, long first) throws IOException {
            long number = root;
            long low = after;
            long high = upTo;
            while (true) {
                if (++depth >= MOST_DEPTH) {
                    throw unclear();
                }
                byte[] here = pages[depth];
                if (here == null) {
                    here = new byte[file.page + SLACK];
                    pages[depth] = here;
                }
                file.page(number, here);
                int kind = here[0];
                int count = (int) number(here, 3, 2);
                cells[depth] = count;
                least[depth] = low;
                most[depth] = high;
                next[depth] = 0;
                if ((kind != LEAF && kind != INTERIOR) || 12 + 2 * count > file.usable) {
                    throw unclear();
                }
                if (kind == LEAF) {
                    next[depth] = leaf(here, count, first);
                    return;
                }
                int child = interior(here, count, first);
                next[depth] = child + 1;
                low = child == 0 ? low : key(here, child - 1);
                high = child == count ? high : key(here, child);
                number = child(here, count, child);
            }
        }

        /** The first child that can have rows from a number on. */
        private int interior(byte[] here, int count, long first) throws IOException {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (key(here, middle) < first) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private int leaf(byte[] here, int count, long first) throws IOException {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                int cell = cell(here, 8, middle);
                if (varint(here, after(here, cell)) < first) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        private int cell(byte[] here, int header, int index) throws IOException {
            int offset = (int) number(here, header + 2 * index, 2);
            // The longest beginning of a cell has 18 bytes.
            if (offset < header || offset + 4 > file.usable) {
                throw unclear();
            }
            return offset;
        }

        private long key(byte[] here, int index) throws IOException {
            return varint(here, cell(here, 12, index) + 4);
        }

        private long child(byte[] here, int count, int index) throws IOException {
            return index == count ? number(here, 8, 4) : number(here, cell(here, 12, index), 4);
        }

        /** A number of SQLite: seven bits a byte, the ninth has eight. */
        private static long varint(byte[] here, int at) {
            long value = 0;
            for (int i = at; i < at + 8; i++) {
                value = value << 7 | (here[i] & 0x7f);
                if (here[i] >= 0) {
                    return value;
                }
            }
            return value << 8 | (here[at + 8] & 0xff);
        }

        /** Where what follows a number begins. */
        private static int after(byte[] here, int at) {
            for (int i = at; i < at + 8; i++) {
                if (here[i] >= 0) {
                    return i + 1;
                }
            }
            return at + 9;
        }

        /** Goes to the next row; false where there is none. */
        boolean next() throws IOException {
            while (next[depth] >= cells[depth] + (pages[depth][0] == LEAF ? 0 : 1)) {
                if (--depth < 0) {
                    depth = 0;
                    next[0] = Integer.MAX_VALUE;
                    return false;
                }
                if (next[depth] <= cells[depth]) {
                    byte[] here = pages[depth];
                    int child = next[depth]++;
                    down(
                            child(here, cells[depth], child),
                            child == 0 ? least[depth] : key(here, child - 1),
                            child == cells[depth] ? most[depth] : key(here, child),
                            Long.MIN_VALUE);
                }
            }
            byte[] here = pages[depth];
            int at = cell(here, 8, next[depth]++);
            long size = varint(here, at);
            at = after(here, at);
            long number = varint(here, at);
            at = after(here, at);
            boolean first = !any && number == Long.MIN_VALUE;
            if ((any && number <= row)
                    || (number <= least[depth] && !first)
                    || number > most[depth]) {
                throw unclear();
            }
            any = true;
            row = number;
            payload(here, at, size);
            return true;
        }

        /** The number of the row. */
        long row() {
            return row;
        }

        /** Finds the columns of the row, which may go on in pages of their own. */
        private void payload(byte[] here, int at, long size) throws IOException {
            int usable = file.usable;
            if (size < 1 || size > MOST_ROW) {
                throw unclear();
            }
            int local = (int) size;
            int most = usable - 35;
            if (size > most) {
                int least = (usable - 12) * 32 / 255 - 23;
                int fitting = least + (int) ((size - least) % (usable - 4));
                local = fitting <= most ? fitting : least;
            }
            if (at + local + (local < size ? 4 : 0) > usable) {
                throw unclear();
            }
            if (local == size) {
                columns(here, at, local);
                return;
            }
            byte[] overflow = new byte[file.page];
            byte[] whole = new byte[(int) size + SLACK];
            System.arraycopy(here, at, whole, 0, local);
            long more = number(here, at + local, 4);
            for (int done = local; done < size; ) {
                file.page(more, overflow);
                int part = Math.min(usable - 4, (int) size - done);
                System.arraycopy(overflow, 4, whole, done, part);
                done += part;
                more = number(overflow, 0, 4);
            }
            columns(whole, 0, (int) size);
        }

        private void columns(byte[] whole, int at, int size) throws IOException {
            bytes = whole;
            int end = at + size;
            long header = varint(whole, at);
            if (header < 1 || header > size) {
                throw unclear();
            }
            int types = after(whole, at);
            int body = at + (int) header;
            for (int i = 0; i < columns; i++) {
                if (types >= at + header) {
                    throw unclear();
                }
                type[i] = varint(whole, types);
                types = after(whole, types);
                from[i] = body;
                length[i] = length(type[i], end - body);
                body += length[i];
            }
            if (types != at + header || body != end) {
                throw unclear();
            }
        }

        /** How many bytes a value has: nothing, a text or bytes, as the tables of a ledger have. */
        private static int length(long type, int most) throws IOException {
            long length = type == 0 ? 0 : type >= 12 ? (type - 12) / 2 : -1;
            if (length < 0 || length > most) {
                throw unclear();
            }
            return (int) length;
        }

        /** Sets a slice to a column that is a text. */
        void text(int column, Slice slice) throws IOException {
            value(column, 1, slice);
        }

        /** Sets a slice to a column that is bytes. */
        void blob(int column, Slice slice) throws IOException {
            value(column, 0, slice);
        }

        private void value(int column, int odd, Slice slice) throws IOException {
            if (type[column] < 12 || type[column] % 2 != odd) {
                throw unclear();
            }
            slice.set(bytes, from[column], length[column]);
        }
    }
}
