import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;

/**
 * The rival of telex-bench-count-log: a topic of views counted by Kafka Streams, exactly once.
 * Measured from the first record until the offsets of the last are committed.
 *
 * <p>CountViews BROKERS TOPIC RECORDS FOLDER windows|plain rocksdb|memory
 */
public final class CountViews {
  private static final int THREADS = 2;
  private static final long CACHE_BYTES = 64L << 20;
  private static final int COMMIT_INTERVAL_MS = 1_000; // as often as Telex writes totals

  private static final LongAdder seen = new LongAdder();
  private static volatile long startedNs;
  private static volatile long startedCpuNs;

  /** The time of the look, which no sender's clock puts behind that of the broker. */
  public static final class LookTime implements TimestampExtractor {
    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
      if (startedNs == 0) start();
      return Math.min(((View) record.value()).timeMs, record.timestamp() / 1000 * 1000 + 999);
    }
  }

  private static synchronized void start() {
    if (startedNs != 0) return;
    startedCpuNs = cpuNs();
    startedNs = System.nanoTime();
  }

  public static void main(String[] args) throws Exception {
    String brokers = args[0], topic = args[1];
    long records = Long.parseLong(args[2]);
    boolean windows = args[4].equals("windows"), memory = args[5].equals("memory");
    String application = "telex-bench-streams-" + ProcessHandle.current().pid();
    Properties properties = propertiesOf(application, brokers, args[3]);
    Topology topology = windows ? counted(topic, memory) : plain(topic, memory);
    KafkaStreams streams = new KafkaStreams(topology, properties);
    streams.setUncaughtExceptionHandler(
        fault -> {
          fault.printStackTrace();
          Runtime.getRuntime().halt(1);
          return null;
        });
    streams.start();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      while (seen.sum() < records || committed(admin, application) < records) Thread.sleep(20);
    }
    double seconds = (System.nanoTime() - startedNs) / 1e9;
    double cpu = (cpuNs() - startedCpuNs) / 1e9;
    System.out.printf(
        "{\"cost\":{\"records\":%d,\"seconds\":%.4f,\"cpu_seconds\":%.4f},\"peak_bytes\":%d,"
            + "\"counted\":%s}%n",
        records, seconds, cpu, peakBytes(), windows ? counted(streams) : "null");
    System.out.flush();
    streams.close(Duration.ofSeconds(20));
  }

  private static Properties propertiesOf(String application, String brokers, String folder) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder);
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS);
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, LookTime.class);
    properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
    return properties;
  }

  private static Consumed<byte[], View> viewsByStory() {
    Serde<View> views = Serdes.serdeFrom((topic, view) -> null, new View.Reader());
    return Consumed.with(Serdes.ByteArray(), views);
  }

  private static Topology counted(String topic, boolean memory) {
    StreamsBuilder builder = new StreamsBuilder();
    window(builder, CountingProcessor.EVENTS, CountingProcessor.SAME_EVENT_WITHIN_MS, memory);
    window(builder, CountingProcessor.VISITS, CountingProcessor.VISITS_MS, memory);
    String totals = CountingProcessor.TOTALS;
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                memory
                    ? Stores.inMemoryKeyValueStore(totals)
                    : Stores.persistentKeyValueStore(totals),
                Serdes.ByteArray(),
                Serdes.ByteArray())
            .withCachingEnabled());
    builder
        .stream(topic, viewsByStory())
        .process(
            () -> new CountingProcessor(seen),
            CountingProcessor.EVENTS,
            CountingProcessor.VISITS,
            totals);
    return builder.build();
  }

  private static void window(StreamsBuilder builder, String name, long spanMs, boolean memory) {
    Duration span = Duration.ofMillis(spanMs), two = span.multipliedBy(2);
    WindowBytesStoreSupplier store =
        memory
            ? Stores.inMemoryWindowStore(name, two, span, false)
            : Stores.persistentWindowStore(name, two, span, false);
    var built = Stores.windowStoreBuilder(store, Serdes.ByteArray(), Serdes.ByteArray());
    // In front of a store in memory a cache costs more than it spares.
    builder.addStateStore(memory ? built : built.withCachingEnabled());
  }

  private static Topology plain(String topic, boolean memory) {
    StreamsBuilder builder = new StreamsBuilder();
    String counts = "counts";
    builder.stream(topic, viewsByStory())
        .peek((article, view) -> seen.increment())
        .groupByKey(Grouped.keySerde(Serdes.ByteArray()))
        .count(
            Materialized.<byte[], Long>as(
                    memory
                        ? Stores.inMemoryKeyValueStore(counts)
                        : Stores.persistentKeyValueStore(counts))
                .withKeySerde(Serdes.ByteArray())
                .withValueSerde(Serdes.Long())
                .withCachingEnabled());
    return builder.build();
  }

  /** What was counted, and what was filtered: the same as Telex counts. */
  private static String counted(KafkaStreams streams) {
    long views = 0, repeats = 0, late = 0;
    ReadOnlyKeyValueStore<byte[], byte[]> totals =
        streams.store(
            StoreQueryParameters.fromNameAndType(
                CountingProcessor.TOTALS, QueryableStoreTypes.keyValueStore()));
    try (var all = totals.all()) {
      while (all.hasNext()) {
        DayTotals day = DayTotals.decode(all.next().value);
        views += day.views;
        repeats += day.filtered[Visits.REPEAT];
        late += day.filtered[Visits.LATE];
      }
    }
    return String.format("{\"views\":%d,\"repeats\":%d,\"late\":%d}", views, repeats, late);
  }

  private static long committed(Admin admin, String application) throws Exception {
    long sum = 0;
    var offsets = admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata().get();
    for (var offset : new HashMap<>(offsets).values()) sum += offset == null ? 0 : offset.offset();
    return sum;
  }

  private static long cpuNs() {
    var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime();
  }

  private static long peakBytes() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    return 0;
  }
}
