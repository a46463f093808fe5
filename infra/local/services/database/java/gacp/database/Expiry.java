package gacp.database;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes documents whose time is over by a TTL index (`expireAfterSeconds`), which the library
 * accepts and never acts on. Called every few seconds; MongoDB's own monitor runs once a minute.
 */
final class Expiry {
    private final DurableBackend backend;

    Expiry(DurableBackend backend) {
        this.backend = backend;
    }

    void sweep() {
        for (DurableDatabase database : backend.databases()) {
            try {
                backend.guarded("expiry", () -> sweep(database));
            } catch (MongoServerException refused) {
                System.err.println("expiry in " + database.getDatabaseName() + " was refused");
            }
        }
    }

    private int sweep(DurableDatabase database) {
        MongoCollection<Integer> indexes = database.resolveCollection("system.indexes", false);
        if (indexes == null) {
            return 0;
        }
        List<Document> descriptions = new ArrayList<>();
        indexes.queryAll().forEach(descriptions::add);
        int deleted = 0;
        for (Document description : descriptions) {
            if (description.get("expireAfterSeconds") instanceof Number seconds) {
                String namespace = description.get("ns").toString();
                String name = namespace.substring(database.getDatabaseName().length() + 1);
                String field = ((Document) description.get("key")).keySet().iterator().next();
                Document over = new Document("$lt", Instant.now().minusSeconds(seconds.longValue()));
                MongoCollection<Integer> collection = database.resolveCollection(name, false);
                deleted += collection == null ? 0 : collection.deleteDocuments(new Document(field, over), 0);
            }
        }
        return deleted;
    }
}
