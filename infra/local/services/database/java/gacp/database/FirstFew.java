package gacp.database;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first few documents of an order; equal ones stay in the order in which they came. */
final class FirstFew {
    private record Entry(Document document, long arrival) {}

    private final int most;
    private final Comparator<Entry> order;
    private final PriorityQueue<Entry> kept; // its head is the last one of those kept
    private long arrivals;

    FirstFew(Comparator<Document> order, int most) {
        this.most = most;
        this.order =
                (left, right) -> {
                    int difference = order.compare(left.document, right.document);
                    return difference != 0 ? difference : Long.compare(left.arrival, right.arrival);
                };
        this.kept = new PriorityQueue<>(this.order.reversed());
    }

    void add(Document document) {
        Entry entry = new Entry(document, arrivals++);
        if (kept.size() < most) {
            kept.add(entry);
        } else if (order.compare(entry, kept.peek()) < 0) {
            kept.poll();
            kept.add(entry);
        }
    }

    List<Document> inOrder() {
        List<Entry> entries = new ArrayList<>(kept);
        entries.sort(order);
        List<Document> documents = new ArrayList<>();
        entries.forEach(entry -> documents.add(entry.document));
        return documents;
    }
}
