import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A visitor's visits to one story, newest first: the rules of services/views/domain/look_windows.h. */
final class Visits {
  static final long REPEAT_WITHIN_MS = 30_000;
  static final int REPEAT = 8;
  static final int LATE = 9;

  static final class Visit {
    long firstMs, lastMs;
    boolean counted;
    byte[] language, partner; // as what its first look counted
  }

  /** What became of a look. */
  int filter;
  boolean counted;
  Visit takenBack;

  private final List<Visit> visits = new ArrayList<>(2);

  void look(long timeMs, long closedMs, byte[] language, byte[] partner) {
    int before = 0;
    while (before < visits.size() && visits.get(before).firstMs > timeMs) ++before;
    Visit in = before < visits.size() ? visits.get(before) : null;
    Visit next = before > 0 ? visits.get(before - 1) : null;
    boolean inVisit = in != null && timeMs - in.lastMs <= REPEAT_WITHIN_MS;
    boolean joinsNext = next != null && next.firstMs - timeMs <= REPEAT_WITHIN_MS;
    boolean late = timeMs < closedMs;
    if (joinsNext && next.counted && next.firstMs >= closedMs) takenBack = next;
    if (inVisit) {
      filter = late ? LATE : REPEAT;
      in.lastMs = Math.max(in.lastMs, timeMs);
      if (joinsNext) {
        in.lastMs = next.lastMs;
        visits.remove(before - 1);
      }
      return;
    }
    Visit visit = new Visit();
    visit.firstMs = timeMs;
    visit.lastMs = joinsNext ? next.lastMs : timeMs;
    visit.counted = counted = !late;
    visit.language = language;
    visit.partner = partner;
    if (late) filter = LATE;
    if (joinsNext) visits.set(before - 1, visit);
    else visits.add(before, visit);
  }

  static Visits decode(byte[] bytes) {
    Visits decoded = new Visits();
    if (bytes == null) return decoded;
    for (ByteBuffer in = ByteBuffer.wrap(bytes); in.hasRemaining(); ) {
      Visit visit = new Visit();
      visit.firstMs = in.getLong();
      visit.lastMs = in.getLong();
      visit.counted = in.get() != 0;
      in.get(visit.language = new byte[in.get()]);
      in.get(visit.partner = new byte[in.get()]);
      decoded.visits.add(visit);
    }
    return decoded;
  }

  /** Those that bear on a look that is still open. */
  byte[] encode(long closedMs) {
    visits.removeIf(visit -> visit.lastMs < closedMs - REPEAT_WITHIN_MS);
    int size = 0;
    for (Visit visit : visits) size += 19 + visit.language.length + visit.partner.length;
    ByteBuffer out = ByteBuffer.allocate(size);
    for (Visit visit : visits) {
      out.putLong(visit.firstMs).putLong(visit.lastMs).put((byte) (visit.counted ? 1 : 0));
      out.put((byte) visit.language.length).put(visit.language);
      out.put((byte) visit.partner.length).put(visit.partner);
    }
    return out.array();
  }
}
