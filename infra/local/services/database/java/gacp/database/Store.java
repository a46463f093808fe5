package gacp.database;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The folder of a durable server: one generation file {@code journal-NNNNNNNN.log} that starts with
 * a snapshot and goes on as a journal, and a lock. A compaction writes the next generation under
 * another name, brings it to the disk, renames it, and only then deletes the old one: at every
 * moment there is one whole generation.
 */
final class Store {
    private static final byte[] MAGIC = "GACPDB1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST_RECORD = 64 << 20; // a document has at most 16 MiB

    /** Database, collection, then the documents by position; a hole is null. */
    final Map<String, Map<String, ArrayList<Document>>> loaded = new HashMap<>();

    final Path directory;
    long records;
    long droppedTailBytes;
    Journal journal;
    private long generation;
    private FileLock lock; // held until the process ends

    Store(Path directory) {
        this.directory = directory;
    }

    /** Takes the folder, reads the newest generation and opens its journal for appending. */
    void open() throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        takeLock();
        List<Path> generations = generations();
        if (generations.isEmpty()) {
            generation = 1;
            Path temporary = directory.resolve("first.tmp");
            FileChannel channel = create(temporary);
            channel.force(true);
            publish(temporary);
            journal = new Journal(channel);
            return;
        }
        Path newest = generations.get(generations.size() - 1);
        generation = number(newest);
        long end = replay(newest);
        FileChannel channel = FileChannel.open(newest, StandardOpenOption.WRITE);
        if (channel.size() > end) {
            droppedTailBytes = channel.size() - end;
            channel.truncate(end);
        }
        channel.position(end);
        journal = new Journal(channel);
        for (Path old : generations.subList(0, generations.size() - 1)) {
            Files.delete(old);
        }
    }

    private void takeLock() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = channel.tryLock();
        if (lock == null) {
            throw new IOException(
                    directory + " is in use by another database process: stop that one first");
        }
    }

    private List<Path> generations() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".tmp")) {
                    Files.delete(file); // a compaction that was killed
                } else if (name.matches("journal-\\d{8}\\.log")) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(8, 16));
    }

    /** Applies every whole record; returns where the last one ends. */
    private long replay(Path file) throws IOException {
        long total = Files.size(file);
        try (InputStream raw = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 20))) {
            byte[] magic = in.readNBytes(MAGIC.length);
            if (!java.util.Arrays.equals(magic, MAGIC)) {
                throw new IOException(file + " is not a journal of this database: move it away");
            }
            long offset = MAGIC.length;
            while (total - offset >= Journal.HEADER_BYTES) {
                int length = in.readInt();
                int checksum = in.readInt();
                long end = offset + Journal.HEADER_BYTES + length;
                if (length >= 0 && length <= LARGEST_RECORD && end > total) {
                    return offset; // the write that a kill cut short, never acknowledged
                }
                byte[] payload = length < 0 || length > LARGEST_RECORD ? null : in.readNBytes(length);
                if (payload == null || !matches(payload, checksum)) {
                    if (end == total) {
                        return offset; // the last write, torn by a power cut
                    }
                    throw new IOException(
                            file + " is damaged at byte " + offset + " of " + total
                                    + ": restore a backup, or cut it there (truncate -s " + offset
                                    + ") and lose what follows");
                }
                apply(Unpooled.wrappedBuffer(payload));
                records++;
                offset = end;
            }
            return offset;
        }
    }

    private static boolean matches(byte[] payload, int checksum) {
        CRC32C actual = new CRC32C();
        actual.update(payload, 0, payload.length);
        return (int) actual.getValue() == checksum;
    }

    private void apply(ByteBuf record) {
        byte op = record.readByte();
        String database = readString(record);
        String collection = readString(record);
        int position = record.readInt();
        Map<String, ArrayList<Document>> collections =
                loaded.computeIfAbsent(database, name -> new HashMap<>());
        if (op == Journal.DROP) {
            collections.remove(collection);
            return;
        }
        ArrayList<Document> documents =
                collections.computeIfAbsent(collection, name -> new ArrayList<>());
        while (documents.size() <= position) {
            documents.add(null);
        }
        documents.set(position, op == Journal.PUT ? BsonDecoder.decodeBson(record) : null);
    }

    private static String readString(ByteBuf in) {
        int length = in.readUnsignedShort();
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }

    /** Writes what is alive into the next generation and goes on there. No command may be running. */
    void compact(Iterable<DurableCollection> alive) throws IOException {
        journal.commit();
        Path temporary = directory.resolve("next.tmp");
        try {
            FileChannel channel = create(temporary);
            ByteBuf buffer = Unpooled.buffer(1 << 20);
            for (DurableCollection collection : alive) {
                collection.snapshot(
                        (position, document) -> {
                            Journal.encode(
                                    buffer,
                                    Journal.PUT,
                                    collection.getDatabaseName(),
                                    collection.getCollectionName(),
                                    position,
                                    document);
                            if (buffer.readableBytes() > 1 << 20) {
                                drain(buffer, channel);
                            }
                        });
            }
            drain(buffer, channel);
            channel.force(true);
            Path old = path(generation);
            generation++;
            publish(temporary);
            journal.continueIn(channel);
            Files.deleteIfExists(old);
        } catch (IOException failure) {
            Files.deleteIfExists(temporary);
            throw failure;
        }
    }

    private static void drain(ByteBuf buffer, FileChannel channel) throws IOException {
        ByteBuffer bytes = buffer.nioBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        buffer.clear();
    }

    private FileChannel create(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        channel.write(ByteBuffer.wrap(MAGIC));
        return channel;
    }

    private void publish(Path temporary) throws IOException {
        Files.move(temporary, path(generation), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private Path path(long number) {
        return directory.resolve(String.format("journal-%08d.log", number));
    }
}
