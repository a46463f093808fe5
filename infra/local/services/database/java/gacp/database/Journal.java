package gacp.database;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The append-only record of what every document became.
 *
 * <p>A record is {@code length:int crc32c:int payload}; the payload is {@code operation:byte
 * database:string collection:string position:int [BSON]}. Records hold resulting documents, never
 * commands, so a replay needs no clock, no random number and no query engine, and applying it twice
 * changes nothing.
 *
 * <p>{@link #commit()} returns when everything appended before it was handed to the operating
 * system: a killed process loses nothing of it. {@link #force()} brings it to the disk; the launcher
 * does that every second, so a power cut may lose the last second (MongoDB's default is 100 ms).
 */
final class Journal implements Closeable {
    static final byte PUT = 1;
    static final byte REMOVE = 2;
    static final byte DROP = 3;
    static final int HEADER_BYTES = 8;
    private static final int SPARE_BYTES = 1 << 20; // a buffer grown beyond this is not kept

    private final Object appending = new Object();
    private final Object writing = new Object();
    private FileChannel channel; // guarded by writing
    private long size; // guarded by writing
    private boolean forced = true; // guarded by writing
    private ByteBuf pending = Unpooled.buffer(1 << 16); // guarded by appending
    private ByteBuf spare = Unpooled.buffer(1 << 16); // guarded by writing
    private long appended; // guarded by appending
    private volatile long written;

    Journal(FileChannel channel) throws IOException {
        this.channel = channel;
        this.size = channel.position();
    }

    void put(String database, String collection, int position, Document document) {
        append(PUT, database, collection, position, document);
    }

    void remove(String database, String collection, int position) {
        append(REMOVE, database, collection, position, null);
    }

    void drop(String database, String collection) {
        append(DROP, database, collection, 0, null);
    }

    private void append(byte op, String database, String collection, int position, Document document) {
        synchronized (appending) {
            encode(pending, op, database, collection, position, document);
            appended++;
        }
    }

    /** Adds one record to `out`; leaves `out` as it was when the document cannot be encoded. */
    static void encode(
            ByteBuf out, byte op, String database, String collection, int position, Document document) {
        int start = out.writerIndex();
        try {
            out.writeLong(0); // length and checksum, known below
            out.writeByte(op);
            writeString(out, database);
            writeString(out, collection);
            out.writeInt(position);
            if (document != null) {
                BsonEncoder.encodeDocument(document, out);
            }
        } catch (RuntimeException failure) {
            out.writerIndex(start);
            throw failure;
        }
        int length = out.writerIndex() - start - HEADER_BYTES;
        CRC32C checksum = new CRC32C();
        checksum.update(out.nioBuffer(start + HEADER_BYTES, length));
        out.setInt(start, length);
        out.setInt(start + 4, (int) checksum.getValue());
    }

    private static void writeString(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(bytes.length);
        out.writeBytes(bytes);
    }

    /** Hands all that was appended to the operating system; one thread writes for all that wait. */
    void commit() throws IOException {
        long target;
        synchronized (appending) {
            target = appended;
        }
        if (written >= target) {
            return;
        }
        synchronized (writing) {
            if (written < target) {
                writePending();
            }
        }
    }

    private void writePending() throws IOException {
        ByteBuf batch;
        long upTo;
        synchronized (appending) {
            batch = pending;
            pending = spare;
            upTo = appended;
        }
        ByteBuffer bytes = batch.nioBuffer();
        size += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        forced = false;
        spare = batch.capacity() > SPARE_BYTES ? Unpooled.buffer(1 << 16) : batch.clear();
        written = upTo;
    }

    /** Brings what was committed to the disk. */
    void force() throws IOException {
        synchronized (writing) {
            if (!forced && channel.isOpen()) {
                channel.force(false);
                forced = true;
            }
        }
    }

    long size() {
        synchronized (writing) {
            return size;
        }
    }

    /** Goes on in another file, whose content is already on the disk. Nothing may be pending. */
    void continueIn(FileChannel next) throws IOException {
        synchronized (writing) {
            channel.close();
            channel = next;
            size = next.position();
            forced = true;
        }
    }

    @Override
    public void close() throws IOException {
        commit();
        force();
        synchronized (writing) {
            channel.close();
        }
    }
}
