package gacp.database;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.EmptyIndex;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Says which documents may hold a value in the first field of a non-unique index, so that an
 * equality or `$in` on it need not read the whole collection (the library ignores such indexes).
 *
 * <p>It names candidates, never answers: the matcher looks at each. Where a value's equality is not
 * plain (arrays on the way of a dotted path, Decimal128, binary), the document is a candidate always.
 * Guarded by its collection's monitor.
 */
final class LookupIndex extends EmptyIndex<Integer> {
    private final String field;
    private final Map<Object, TreeSet<Integer>> positions = new HashMap<>();
    private final TreeSet<Integer> always = new TreeSet<>();
    private long entries;

    LookupIndex(String name, List<IndexKey> keys) {
        super(name, keys);
        this.field = keys.get(0).getKey();
    }

    /** The value as a hash key, or null when it can't be looked up by equality. */
    static Object hashable(Object value) {
        if (value instanceof Number number && !(value instanceof Decimal128)) {
            return Utils.normalizeNumber(number); // 1, 1L and 1.0 are equal in a query
        }
        boolean plain =
                value instanceof String
                        || value instanceof Boolean
                        || value instanceof ObjectId
                        || value instanceof Instant
                        || value instanceof UUID;
        return plain ? value : null;
    }

    String field() {
        return field;
    }

    /** Positions that may hold one of the values, in natural order; the values are hashable. */
    SortedSet<Integer> candidates(Collection<Object> values) {
        TreeSet<Integer> found = new TreeSet<>(always);
        for (Object value : values) {
            TreeSet<Integer> holding = positions.get(value);
            if (holding != null) {
                found.addAll(holding);
            }
        }
        return found;
    }

    /** How many candidates there are at most; cheap. */
    int estimate(Collection<Object> values) {
        int total = always.size();
        for (Object value : values) {
            TreeSet<Integer> holding = positions.get(value);
            total += holding == null ? 0 : holding.size();
        }
        return total;
    }

    @Override
    public void add(Document document, Integer position, MongoCollection<Integer> collection) {
        change(document, position, true);
    }

    @Override
    public void updateInPlace(
            Document before, Document after, Integer position, MongoCollection<Integer> collection) {
        change(before, position, false);
        change(after, position, true);
    }

    void forget(Document document, Integer position) {
        change(document, position, false);
    }

    private void change(Document document, Integer position, boolean add) {
        Object value = document;
        for (String part : Utils.splitPath(field)) {
            if (value instanceof Collection) {
                mark(position, add);
                return;
            }
            value = value instanceof Document inner ? inner.get(part) : null;
        }
        if (value instanceof Collection<?> elements) {
            for (Object element : elements) {
                enter(element, position, add);
            }
        } else {
            enter(value, position, add);
        }
    }

    private void enter(Object value, Integer position, boolean add) {
        Object key = hashable(value);
        if (key != null) {
            TreeSet<Integer> holding = positions.computeIfAbsent(key, absent -> new TreeSet<>());
            boolean changed = add ? holding.add(position) : holding.remove(position);
            entries += changed ? (add ? 1 : -1) : 0;
            if (holding.isEmpty()) {
                positions.remove(key);
            }
        } else if (value != null && !(value instanceof Document)) {
            mark(position, add);
        }
    }

    private void mark(Integer position, boolean add) {
        if (add) {
            always.add(position);
        } else {
            always.remove(position);
        }
    }

    @Override
    public long getCount() {
        return entries;
    }

    @Override
    public boolean isEmpty() {
        return true; // always built anew from the documents
    }
}
