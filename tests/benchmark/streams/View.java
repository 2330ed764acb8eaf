import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;

/** A telex.views.v1.View, read from its bytes once, without a library in between. */
final class View {
  long idHigh, idLow, visitor, timeMs;
  String language = "", partner = "";
  int filter;

  static final class Reader implements Deserializer<View> {
    @Override
    public View deserialize(String topic, byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      View view = new View();
      while (in.hasRemaining()) {
        int tag = (int) varint(in);
        switch (tag >>> 3) {
          case 1 -> {
            varint(in);
            view.idHigh = in.getLong();
            view.idLow = in.getLong();
          }
          case 2 -> view.visitor = in.getLong();
          case 3 -> view.timeMs = varint(in);
          case 4 -> view.language = text(in);
          case 5 -> view.partner = text(in);
          case 6 -> view.filter = (int) varint(in);
          default -> {
            if ((tag & 7) == 2) text(in);
            else varint(in);
          }
        }
      }
      return view;
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = in.get();
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) return value;
      }
    }

    private static String text(ByteBuffer in) {
      byte[] bytes = new byte[(int) varint(in)];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
