import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What one story was looked at on one day: as Telex counts it, but for the unique visitors. */
final class DayTotals {
  static final int FILTERS = 10;
  static final int HOURS = 24;

  record Named(byte[] name, long[] count) {}

  long views;
  final long[] filtered = new long[FILTERS];
  final long[] byHour = new long[HOURS];
  final List<Named> byLanguage = new ArrayList<>(4);
  final List<Named> byPartner = new ArrayList<>(4);

  void add(long timeMs, byte[] language, byte[] partner, long by) {
    views += by;
    byHour[(int) (timeMs / 3_600_000 % HOURS)] += by;
    add(byLanguage, language, by);
    add(byPartner, partner, by);
  }

  private static void add(List<Named> counts, byte[] name, long by) {
    for (Named named : counts) {
      if (java.util.Arrays.equals(named.name, name)) {
        named.count[0] += by;
        return;
      }
    }
    counts.add(new Named(name, new long[] {by}));
  }

  static DayTotals decode(byte[] bytes) {
    DayTotals totals = new DayTotals();
    if (bytes == null) return totals;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    totals.views = in.getLong();
    for (int i = 0; i < FILTERS; ++i) totals.filtered[i] = in.getLong();
    for (int i = 0; i < HOURS; ++i) totals.byHour[i] = in.getLong();
    decode(in, totals.byLanguage);
    decode(in, totals.byPartner);
    return totals;
  }

  private static void decode(ByteBuffer in, List<Named> counts) {
    for (int left = in.get(); left > 0; --left) {
      byte[] name = new byte[in.get()];
      in.get(name);
      counts.add(new Named(name, new long[] {in.getLong()}));
    }
  }

  byte[] encode() {
    int size = 8 * (1 + FILTERS + HOURS) + 2;
    for (Named named : byLanguage) size += 9 + named.name.length;
    for (Named named : byPartner) size += 9 + named.name.length;
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putLong(views);
    for (long count : filtered) out.putLong(count);
    for (long count : byHour) out.putLong(count);
    encode(out, byLanguage);
    encode(out, byPartner);
    return out.array();
  }

  private static void encode(ByteBuffer out, List<Named> counts) {
    out.put((byte) counts.size());
    for (Named named : counts) {
      out.put((byte) named.name.length).put(named.name).putLong(named.count[0]);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
