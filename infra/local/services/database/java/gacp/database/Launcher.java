package gacp.database;

import de.bwaldvogel.mongo.MongoServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Serves the MongoDB protocol on loopback.
 *
 * <p>{@code Launcher --port PORT (--data FOLDER | --memory)}; prints one line that begins with
 * "ready" once it accepts connections, leaves on SIGTERM with the store compacted. Exit codes: 0
 * stopped, 2 wrong use, 4 could not start, 74 could not write.
 */
public final class Launcher {
    private static final int WORKERS = 4;
    private static final int EXPIRY_SECONDS = 5;

    private Launcher() {}

    public static void main(String[] arguments) {
        Integer port = null;
        Path data = null;
        boolean memory = false;
        for (int index = 0; index < arguments.length; index++) {
            switch (arguments[index]) {
                case "--port" -> port = Integer.valueOf(value(arguments, ++index));
                case "--data" -> data = Path.of(value(arguments, ++index)).toAbsolutePath();
                case "--memory" -> memory = true;
                default -> fail(2, "unknown argument " + arguments[index]);
            }
        }
        if (port == null || memory == (data != null)) {
            fail(2, "use: Launcher --port PORT (--data FOLDER | --memory)");
        }
        try {
            serve(port, data);
        } catch (BindException taken) {
            fail(4, "port " + port + " is taken: stop what listens there, or give another --port");
        } catch (IOException | RuntimeException failure) {
            fail(4, "cannot start the database on port " + port + ": " + failure.getMessage());
        }
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            fail(2, arguments[index - 1] + " needs a value");
        }
        return arguments[index];
    }

    private static void fail(int code, String message) {
        System.err.println(message);
        Runtime.getRuntime().halt(code);
    }

    private static void serve(int port, Path data) throws IOException {
        long started = System.nanoTime();
        Store store = data == null ? null : new Store(data);
        if (store != null) {
            store.open();
            if (store.droppedTailBytes > 0) {
                System.err.println(
                        "dropped " + store.droppedTailBytes + " bytes of an unfinished write");
            }
        }
        DurableBackend backend = new DurableBackend(store);
        MongoServer server = new MongoServer(backend);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1, WORKERS);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleWithFixedDelay(
                new Expiry(backend)::sweep, EXPIRY_SECONDS, EXPIRY_SECONDS, TimeUnit.SECONDS);
        if (store != null) {
            clock.scheduleWithFixedDelay(() -> force(store), 1, 1, TimeUnit.SECONDS);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(clock, server, backend)));
        System.out.printf(
                "ready on port %d, %s, %d documents, %d ms%n",
                port,
                data == null ? "memory only" : data,
                backend.liveDocuments(),
                (System.nanoTime() - started) / 1_000_000);
    }

    private static void force(Store store) {
        try {
            store.journal.force();
        } catch (IOException failure) {
            System.err.println("cannot bring the journal to the disk: " + failure.getMessage());
        }
    }

    private static void stop(ScheduledExecutorService clock, MongoServer server, DurableBackend backend) {
        clock.shutdown();
        int code = 0;
        try {
            server.shutdownNow();
            backend.stop();
            System.out.println("stopped");
        } catch (IOException | RuntimeException failure) {
            System.err.println("stopped without compaction: " + failure.getMessage());
            code = 1;
        }
        Runtime.getRuntime().halt(code);
    }
}
