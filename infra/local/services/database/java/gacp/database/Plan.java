package gacp.database;

import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses which documents a query must look at. The library uses an index only when it is unique
 * and the filter names exactly its keys; here a unique index also serves a filter with more
 * conditions (`_id` with a version), and a non-unique one serves an equality on its first field.
 */
final class Plan {
    private Plan() {}

    /** Positions to look at, or null for all documents. */
    static Iterable<Integer> candidates(Document query, List<Index<Integer>> indexes) {
        for (Index<Integer> index : indexes) {
            if (index.canHandle(query)) {
                return index.getPositions(query);
            }
        }
        Map<String, List<Object>> equal = equalities(query);
        if (equal.isEmpty()) {
            return null;
        }
        for (Index<Integer> index : indexes) {
            Document part = index.isUnique() ? part(index.getKeys(), equal) : null;
            if (part != null && index.canHandle(part)) {
                return index.getPositions(part);
            }
        }
        return lookup(indexes, equal);
    }

    private static Iterable<Integer> lookup(
            List<Index<Integer>> indexes, Map<String, List<Object>> equal) {
        LookupIndex best = null;
        int fewest = Integer.MAX_VALUE;
        for (Index<Integer> index : indexes) {
            if (index instanceof LookupIndex lookup && equal.containsKey(lookup.field())) {
                int estimate = lookup.estimate(equal.get(lookup.field()));
                if (estimate < fewest) {
                    best = lookup;
                    fewest = estimate;
                }
            }
        }
        return best == null ? null : best.candidates(equal.get(best.field()));
    }

    /** The filter on just these keys, or null when one of them has no single value. */
    private static Document part(List<IndexKey> keys, Map<String, List<Object>> equal) {
        Document part = new Document();
        for (IndexKey key : keys) {
            List<Object> values = equal.get(key.getKey());
            if (values == null || values.size() != 1) {
                return null;
            }
            part.put(key.getKey(), values.get(0));
        }
        return part;
    }

    /** Fields that the whole query demands to equal one of some plain values. */
    private static Map<String, List<Object>> equalities(Document query) {
        Map<String, List<Object>> found = new LinkedHashMap<>();
        collect(query, found);
        return found;
    }

    private static void collect(Document query, Map<String, List<Object>> found) {
        for (Map.Entry<String, Object> entry : query.entrySet()) {
            Object value = entry.getValue();
            if (entry.getKey().equals("$and") && value instanceof Collection<?> conditions) {
                for (Object condition : conditions) {
                    if (condition instanceof Document document) {
                        collect(document, found);
                    }
                }
            } else if (!entry.getKey().startsWith("$")) {
                List<Object> values = values(value);
                if (values != null) {
                    found.putIfAbsent(entry.getKey(), values);
                }
            }
        }
    }

    private static List<Object> values(Object condition) {
        Object plain = LookupIndex.hashable(condition);
        if (plain != null) {
            return List.of(plain);
        }
        if (!(condition instanceof Document operators)) {
            return null;
        }
        Set<String> names = operators.keySet();
        if (names.contains("$eq")) {
            Object value = LookupIndex.hashable(operators.get("$eq"));
            return value == null ? null : List.of(value);
        }
        if (!names.contains("$in") || !(operators.get("$in") instanceof Collection<?> wanted)) {
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (Object one : wanted) {
            Object value = LookupIndex.hashable(one);
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }
}
