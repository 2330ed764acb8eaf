import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Counts views by the rules of services/views/domain/counting_rule.h. The totals are in a store
 * whose changelog is the topic of counts.
 *
 * <p>What came lately is kept by generations: one window of a store for each stretch of stream time,
 * looked up by its key in the current one and the one before. A range over windows of event time
 * would cost several times as much.
 */
final class CountingProcessor implements Processor<byte[], View, Void, Void> {
  static final String EVENTS = "events";
  static final String VISITS = "visits";
  static final String TOTALS = "totals";
  static final long LATENESS_MS = 600_000;
  static final long SAME_EVENT_WITHIN_MS = 600_000;
  static final long VISITS_MS = LATENESS_MS + Visits.REPEAT_WITHIN_MS;
  private static final long DAY_MS = 86_400_000;

  private final LongAdder seen;
  private ProcessorContext<Void, Void> context;
  private WindowStore<byte[], byte[]> events;
  private WindowStore<byte[], byte[]> visits;
  private KeyValueStore<byte[], byte[]> totals;

  CountingProcessor(LongAdder seen) {
    this.seen = seen;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    events = context.getStateStore(EVENTS);
    visits = context.getStateStore(VISITS);
    totals = context.getStateStore(TOTALS);
  }

  @Override
  public void process(Record<byte[], View> record) {
    count(record.key(), record.value(), record.timestamp(), context.currentStreamTimeMs());
    seen.increment();
  }

  private void count(byte[] article, View view, long timeMs, long streamMs) {
    if (!isNew(article, view, streamMs)) return;
    long closedMs = Math.max(0, streamMs - LATENESS_MS) / 1000 * 1000;
    byte[] language = DayTotals.utf8(view.language);
    byte[] partner = DayTotals.utf8(view.partner);
    Visits looks = new Visits();
    looks.filter = view.filter;
    if (view.filter == 0) looks = look(view.visitor, timeMs, closedMs, streamMs, language, partner);
    byte[] key = keyOf(article, Math.max(timeMs, closedMs));
    DayTotals day = DayTotals.decode(totals.get(key));
    if (looks.counted) day.add(timeMs, language, partner, 1);
    else ++day.filtered[looks.filter];
    Visits.Visit taken = looks.takenBack;
    byte[] takenKey = taken == null ? key : keyOf(article, taken.firstMs);
    if (taken != null && java.util.Arrays.equals(key, takenKey)) {
      day.add(taken.firstMs, taken.language, taken.partner, -1);
    } else if (taken != null) {
      DayTotals other = DayTotals.decode(totals.get(takenKey));
      other.add(taken.firstMs, taken.language, taken.partner, -1);
      totals.put(takenKey, other.encode());
    }
    totals.put(key, day.encode());
  }

  private boolean isNew(byte[] article, View view, long streamMs) {
    ByteBuffer story = ByteBuffer.wrap(article);
    long event = view.idHigh ^ view.idLow ^ story.getLong(0) ^ story.getLong(8);
    byte[] key = ByteBuffer.allocate(8).putLong(event).array();
    long now = streamMs / SAME_EVENT_WITHIN_MS * SAME_EVENT_WITHIN_MS;
    byte[] last = latest(events, key, now, SAME_EVENT_WITHIN_MS);
    events.put(key, ByteBuffer.allocate(8).putLong(streamMs).array(), now);
    return last == null || streamMs - ByteBuffer.wrap(last).getLong() > SAME_EVENT_WITHIN_MS;
  }

  private Visits look(long visitor, long timeMs, long closedMs, long streamMs, byte[] language,
      byte[] partner) {
    if (visitor == 0 || timeMs < closedMs - Visits.REPEAT_WITHIN_MS) {
      Visits alone = new Visits();
      alone.counted = timeMs >= closedMs;
      if (!alone.counted) alone.filter = Visits.LATE;
      return alone;
    }
    byte[] key = ByteBuffer.allocate(8).putLong(visitor).array();
    long now = streamMs / VISITS_MS * VISITS_MS;
    Visits looks = Visits.decode(latest(visits, key, now, VISITS_MS));
    looks.look(timeMs, closedMs, language, partner);
    visits.put(key, looks.encode(closedMs), now);
    return looks;
  }

  private static byte[] latest(WindowStore<byte[], byte[]> store, byte[] key, long now, long span) {
    byte[] found = store.fetch(key, now);
    return found != null ? found : store.fetch(key, now - span);
  }

  private static byte[] keyOf(byte[] article, long timeMs) {
    return ByteBuffer.allocate(20).put(article).putInt((int) (timeMs / DAY_MS)).array();
  }
}
