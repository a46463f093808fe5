package gacp.database;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoCollection;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Documents in memory, each change also in the journal.
 *
 * <p>A stored document is never changed: an update stores another in its place. So an answer that is
 * still being sent cannot change under the sender's hands (in the library's own memory backend it
 * can).
 */
final class DurableCollection extends AbstractSynchronizedMongoCollection<Integer> {
    /** What a query is for: an update works on copies, and at most on one unless it is multiple. */
    private enum Purpose {
        READ,
        UPDATE_ONE,
        UPDATE_MANY
    }

    interface Visitor {
        void visit(int position, Document document) throws IOException;
    }

    private final DurableBackend backend;
    private final ArrayList<Document> documents;
    private final ArrayDeque<Integer> holes = new ArrayDeque<>();
    private int dataSize;
    private Purpose purpose = Purpose.READ;

    DurableCollection(
            MongoDatabase database, String name, CollectionOptions options, DurableBackend backend) {
        super(database, name, options, backend.cursors());
        this.backend = backend;
        this.documents = backend.takeLoaded(database.getDatabaseName(), name);
        for (int position = 0; position < documents.size(); position++) {
            if (documents.get(position) == null) {
                holes.add(position);
            }
        }
        backend.opened(this);
    }

    synchronized void snapshot(Visitor visitor) throws IOException {
        for (int position = 0; position < documents.size(); position++) {
            if (documents.get(position) != null) {
                visitor.visit(position, documents.get(position));
            }
        }
    }

    private void journal(int position, Document document) {
        Journal journal = backend.journal();
        if (journal != null) {
            journal.put(getDatabaseName(), getCollectionName(), position, document);
        }
    }

    @Override
    protected Integer addDocumentInternal(Document document) {
        int position = holes.isEmpty() ? documents.size() : holes.peek();
        journal(position, document); // first: it alone can fail, on a value that BSON can't hold
        if (position == documents.size()) {
            documents.add(document);
        } else {
            holes.poll();
            documents.set(position, document);
        }
        return position;
    }

    @Override
    protected void handleUpdate(Integer position, Document before, Document after) {
        journal(position, after);
        documents.set(position, after);
    }

    @Override
    protected void removeDocument(Integer position) {
        Document document = documents.get(position);
        for (Index<Integer> index : getIndexes()) {
            if (index instanceof LookupIndex lookup) {
                lookup.forget(document, position);
            }
        }
        documents.set(position, null);
        holes.add(position);
        if (backend.journal() != null) {
            backend.journal().remove(getDatabaseName(), getCollectionName(), position);
        }
    }

    @Override
    public synchronized void drop() {
        super.drop();
        documents.clear();
        holes.clear();
        if (backend.journal() != null) {
            backend.journal().drop(getDatabaseName(), getCollectionName());
        }
        backend.dropped(this);
    }

    @Override
    public synchronized void renameTo(MongoDatabase database, String name) {
        if (backend.journal() != null) {
            backend.journal().drop(getDatabaseName(), getCollectionName());
        }
        super.renameTo(database, name);
        for (int position = 0; position < documents.size(); position++) {
            if (documents.get(position) != null) {
                journal(position, documents.get(position));
            }
        }
    }

    @Override
    public synchronized void addIndex(Index<Integer> index) {
        super.addIndex(index);
    }

    @Override
    public synchronized Document updateDocuments(
            Document selector, Document update, ArrayFilters filters, boolean many, boolean upsert, Oplog oplog) {
        purpose = many ? Purpose.UPDATE_MANY : Purpose.UPDATE_ONE;
        try {
            return super.updateDocuments(selector, update, filters, many, upsert, oplog);
        } finally {
            purpose = Purpose.READ;
        }
    }

    @Override
    public synchronized Document findAndModify(Document query) {
        purpose = Purpose.UPDATE_ONE;
        try {
            return super.findAndModify(query);
        } finally {
            purpose = Purpose.READ;
        }
    }

    @Override
    protected QueryResult queryDocuments(
            Document query, Document order, int skip, int limit, int batch, Document fields) {
        int most = purpose == Purpose.UPDATE_ONE ? 1 : limit;
        Iterable<Integer> candidates = Plan.candidates(query, getIndexes());
        QueryResult found =
                candidates == null
                        ? matchDocuments(query, order, skip, most, batch, fields)
                        : matchDocuments(query, candidates, order, skip, most, batch, fields);
        if (purpose == Purpose.READ) {
            return found;
        }
        List<Document> copies = new ArrayList<>();
        found.forEach(document -> copies.add(document.clone()));
        return new QueryResult(copies);
    }

    @Override
    protected QueryResult matchDocuments(
            Document query, Document order, int skip, int limit, int batch, Document fields) {
        boolean newestFirst = isNaturalDescending(order);
        int last = documents.size() - 1;
        Stream<Document> all =
                newestFirst
                        ? IntStream.rangeClosed(0, last).mapToObj(index -> documents.get(last - index))
                        : documents.stream();
        return matchDocumentsFromStream(
                all.filter(document -> document != null), query, order, skip, limit, batch, fields);
    }

    @Override
    protected QueryResult matchDocumentsFromStream(
            Document query,
            Stream<Document> stream,
            int skip,
            int limit,
            int batch,
            Comparator<Document> order,
            Document fields) {
        if (order == null || limit <= 0) {
            return super.matchDocumentsFromStream(query, stream, skip, limit, batch, order, fields);
        }
        // A page of a long list: keep the first few instead of sorting all (12 times quicker at 5,000).
        FirstFew first = new FirstFew(order, skip + limit);
        stream.filter(document -> documentMatchesQuery(document, query)).forEach(first::add);
        return super.matchDocumentsFromStream(
                new Document(), first.inOrder().stream(), skip, limit, batch, null, fields);
    }

    @Override
    public synchronized int count(Document query, int skip, int limit) {
        return super.count(query, skip, limit);
    }

    @Override
    public synchronized int count() {
        return documents.size() - holes.size();
    }

    @Override
    protected Integer findDocumentPosition(Document document) {
        int position = documents.indexOf(document);
        return position < 0 ? null : position;
    }

    @Override
    protected Stream<DocumentWithPosition<Integer>> streamAllDocumentsWithPosition() {
        return IntStream.range(0, documents.size())
                .filter(position -> documents.get(position) != null)
                .mapToObj(position -> new DocumentWithPosition<>(documents.get(position), position));
    }

    @Override
    protected Document getDocument(Integer position) {
        return documents.get(position);
    }

    @Override
    protected void updateDataSize(int delta) {
        dataSize += delta;
    }

    @Override
    protected int getDataSize() {
        return dataSize;
    }
}
