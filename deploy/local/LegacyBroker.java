import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaServerStartable;
import org.I0Itec.zkclient.ZkClient;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * Apache Kafka 0.9 with the ZooKeeper it needs, in one process on loopback.
 *
 * <p>Arguments: data folder, port of Kafka, port of ZooKeeper. Prints "Kafka Server started" when it serves.
 */
public final class LegacyBroker {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String BROKER_ID = "0";

  public static void main(String[] arguments) throws Exception {
    var folder = new File(arguments[0]);
    int port = Integer.parseInt(arguments[1]);
    int zooKeeperPort = Integer.parseInt(arguments[2]);

    var zooKeeper = startZooKeeper(new File(folder, "zookeeper"), zooKeeperPort);
    awaitEndOfEarlierSession(zooKeeperPort);
    var broker = new KafkaServerStartable(new KafkaConfig(settings(new File(folder, "log"), port, zooKeeperPort)));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  broker.shutdown();
                  zooKeeper.shutdown();
                }));
    broker.startup();
    System.out.println("Kafka Server started on " + LOOPBACK + ":" + port);
    broker.awaitShutdown();
  }

  private static ServerCnxnFactory startZooKeeper(File folder, int port) throws Exception {
    if (!folder.isDirectory() && !folder.mkdirs()) {
      throw new IllegalStateException("The folder " + folder + " could not be created.");
    }
    int tickMilliseconds = 500;
    int unlimitedConnections = 0;
    var address = new InetSocketAddress(InetAddress.getByName(LOOPBACK), port);
    var factory = ServerCnxnFactory.createFactory(address, unlimitedConnections);
    factory.startup(new ZooKeeperServer(folder, folder, tickMilliseconds));
    return factory;
  }

  /** A broker that was killed keeps its seat until its session ends, and a second one would refuse to start. */
  private static void awaitEndOfEarlierSession(int zooKeeperPort) throws InterruptedException {
    int timeoutMilliseconds = 30_000;
    var client = new ZkClient(LOOPBACK + ":" + zooKeeperPort, timeoutMilliseconds, timeoutMilliseconds);
    try {
      while (client.exists("/brokers/ids/" + BROKER_ID)) {
        Thread.sleep(20);
      }
    } finally {
      client.close();
    }
  }

  private static Properties settings(File logFolder, int port, int zooKeeperPort) {
    var settings = new Properties();
    settings.put("broker.id", BROKER_ID);
    settings.put("listeners", "PLAINTEXT://" + LOOPBACK + ":" + port);
    settings.put("log.dirs", logFolder.getPath());
    settings.put("zookeeper.connect", LOOPBACK + ":" + zooKeeperPort);
    // How long the seat of a killed broker stays taken.
    settings.put("zookeeper.session.timeout.ms", "1500");
    // This version cannot create topics on request, so the first message does.
    settings.put("auto.create.topics.enable", "true");
    settings.put("num.partitions", "6");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("log.segment.bytes", String.valueOf(64 * 1024 * 1024));
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 * 1024 * 1024));
    // Nobody else could take over: handing leadership away would only delay the stop.
    settings.put("controlled.shutdown.enable", "false");
    return settings;
  }

  private LegacyBroker() {}
}
