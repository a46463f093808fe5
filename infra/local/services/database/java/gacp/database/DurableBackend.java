package gacp.database;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerException;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Keeps documents in memory and, when it has a store, in the store's journal before any answer.
 *
 * <p>Also reads wait for the journal: what a client has seen is never lost either. Commands that
 * change collections or indexes, and compactions, run alone; all others run side by side.
 */
final class DurableBackend extends AbstractMongoBackend {
    /** Wire version 13 is MongoDB 5.0; pymongo 4.20 refuses servers below 9. */
    static final MongoVersion VERSION =
            new MongoVersion() {
                @Override
                public List<Integer> getVersionArray() {
                    return List.of(5, 0, 0);
                }

                @Override
                public int getWireVersion() {
                    return 13;
                }
            };

    private static final Set<String> ALONE =
            Set.of("create", "createindexes", "drop", "dropdatabase", "dropindexes", "renamecollection");
    private static final long SMALLEST_COMPACTION_BYTES = 2 << 20;
    private static final int GROWTH_BEFORE_COMPACTION = 3;
    private static final int EXIT_CANNOT_WRITE = 74; // EX_IOERR of sysexits.h

    private final ReadWriteLock commands = new ReentrantReadWriteLock(true);
    private final Map<String, DurableDatabase> opened = new ConcurrentHashMap<>();
    private final Set<DurableCollection> collections = ConcurrentHashMap.newKeySet();
    private final Store store; // null: memory only
    private volatile long compactAt = SMALLEST_COMPACTION_BYTES;

    DurableBackend(Store store) {
        this.store = store;
        version(VERSION);
        if (store != null) {
            List.copyOf(store.loaded.keySet()).forEach(this::resolveDatabase);
            store.loaded.clear();
            if (store.records > 2 * liveDocuments()) {
                compactIfLargerThan(SMALLEST_COMPACTION_BYTES / 8);
            }
            compactAt = Math.max(compactAt, GROWTH_BEFORE_COMPACTION * store.journal.size());
        }
    }

    long liveDocuments() {
        return collections.stream().mapToLong(DurableCollection::count).sum();
    }

    Journal journal() {
        return store == null ? null : store.journal;
    }

    CursorRegistry cursors() {
        return getCursorRegistry();
    }

    ArrayList<Document> takeLoaded(String database, String collection) {
        Map<String, ArrayList<Document>> found = store == null ? null : store.loaded.get(database);
        ArrayList<Document> documents = found == null ? null : found.remove(collection);
        return documents == null ? new ArrayList<>() : documents;
    }

    void opened(DurableCollection collection) {
        collections.add(collection);
    }

    void dropped(DurableCollection collection) {
        collections.remove(collection);
    }

    Iterable<DurableDatabase> databases() {
        return opened.values();
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        // The list of databases asks this for databases that exist: they must be the same objects.
        return opened.computeIfAbsent(name, missing -> new DurableDatabase(missing, this));
    }

    @Override
    public void dropDatabase(String name) {
        super.dropDatabase(name);
        opened.remove(name);
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        return guarded(command, () -> handle(channel, database, command, query));
    }

    private Document handle(Channel channel, String database, String command, Document query) {
        if (command.equals("hello")) {
            Document answer = super.handleCommand(channel, database, "isMaster", query);
            answer.remove("ismaster");
            return answer.append("isWritablePrimary", Boolean.TRUE);
        }
        return super.handleCommand(channel, database, command, query);
    }

    /** Runs a command beside others, or alone, and returns once its effects are in the journal. */
    <T> T guarded(String command, Supplier<T> work) {
        boolean alone = ALONE.contains(command.toLowerCase(Locale.ROOT));
        Lock lock = alone ? commands.writeLock() : commands.readLock();
        lock.lock();
        try {
            return work.get();
        } catch (MongoServerException expected) {
            throw expected;
        } catch (RuntimeException defect) {
            // The message may quote a document, hence personal data: only where it happened is told.
            System.err.println("defect in " + command + ": " + describe(defect));
            throw defect;
        } finally {
            commit();
            lock.unlock();
            compactWhenLarge();
        }
    }

    private static String describe(RuntimeException defect) {
        StackTraceElement[] frames = defect.getStackTrace();
        StringBuilder text = new StringBuilder(defect.getClass().getName());
        for (int index = 0; index < Math.min(8, frames.length); index++) {
            text.append("\n    at ").append(frames[index]);
        }
        return text.toString();
    }

    private void commit() {
        if (store == null) {
            return;
        }
        try {
            store.journal.commit();
        } catch (IOException failure) {
            // Memory is ahead of the disk and cannot go back: the next start reads what was written.
            System.err.println(
                    "cannot write " + store.directory + " (" + failure.getMessage()
                            + "): stopping before anything is answered; free space, then start again");
            Runtime.getRuntime().halt(EXIT_CANNOT_WRITE);
        }
    }

    private void compactWhenLarge() {
        if (store != null && store.journal.size() > compactAt) {
            compactIfLargerThan(compactAt);
        }
    }

    private void compactIfLargerThan(long bytes) {
        commands.writeLock().lock();
        try {
            if (store.journal.size() <= bytes) {
                return; // another thread was quicker
            }
            store.compact(collections);
            compactAt =
                    Math.max(SMALLEST_COMPACTION_BYTES, GROWTH_BEFORE_COMPACTION * store.journal.size());
        } catch (IOException failure) {
            compactAt = 2 * store.journal.size(); // the journal itself is whole: go on with it
            System.err.println(
                    "cannot compact " + store.directory + " (" + failure.getMessage()
                            + "): going on; it needs as much free space as there is data");
        } finally {
            commands.writeLock().unlock();
        }
    }

    /** Compacts and closes the store; commands that come later wait for ever. */
    void stop() throws IOException {
        if (store != null) {
            commands.writeLock().lock();
            compactIfLargerThan(SMALLEST_COMPACTION_BYTES / 8);
            store.journal.close();
        }
    }
}
