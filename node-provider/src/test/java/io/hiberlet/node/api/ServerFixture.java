package io.hiberlet.node.api;

import io.hiberlet.node.api.auth.Authenticator;
import io.hiberlet.node.api.auth.CertificateAuthenticator;
import io.hiberlet.node.api.auth.Credentials;
import io.hiberlet.node.api.auth.User;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A server on loopback with fakes behind it. The token "good" is that of the user "jane". */
final class ServerFixture implements AutoCloseable {

  static final TestAuthority SERVER_CA = TestAuthority.create("server-ca");
  static final TestAuthority CLIENT_CA = TestAuthority.create("client-ca");
  static final TestAuthority.Identity ADMIN = CLIENT_CA.issueClient("CN=admin,O=masters,O=more");

  static final ServerLimits LIMITS =
      new ServerLimits(
          16, 8 << 10, 1 << 10, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofHours(4));

  /** What the API server does when it is asked about a caller. */
  @FunctionalInterface
  interface Review {
    /**
     * Fails if it does not answer.
     *
     * @param about who somebody is, or what they may do
     */
    void begin(String about) throws IOException;
  }

  final FakeContainers containers = new FakeContainers();

  /** Every question that was asked: user, verb, subresource. */
  final ConcurrentLinkedQueue<String> questions = new ConcurrentLinkedQueue<>();

  /** Every answer that is over: route and status. */
  final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();

  /** How many are not over. */
  final AtomicInteger answering = new AtomicInteger();

  /** What may be done; everything, if a test says nothing. */
  volatile List<String> allowed = List.of("*");

  /**
   * What it takes to learn who somebody is and what they may do; nothing, if a test says nothing.
   */
  volatile Review review = about -> {};

  volatile @Nullable User lastUser;
  final IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  final KubeletServer server;

  ServerFixture() throws IOException {
    this(LIMITS);
  }

  ServerFixture(ServerLimits limits) throws IOException {
    server =
        new KubeletServer(
            loops,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new ServerTls(
                new FixedIdentity(SERVER_CA.issueServer()), () -> List.of(CLIENT_CA.certificate())),
            new AccessControl(
                Authenticator.firstOf(new CertificateAuthenticator(), this::authenticate),
                this::isAllowed),
            FakePods.content(containers),
            new RequestListener() {
              @Override
              public void began() {
                answering.incrementAndGet();
              }

              @Override
              public void ended(String route, int status) {
                answers.add(route + " " + status);
                answering.decrementAndGet();
              }
            },
            limits);
  }

  private Optional<User> authenticate(Credentials credentials) throws IOException {
    review.begin("who");
    return "good".equals(credentials.bearerToken())
        ? Optional.of(new User("jane", "", List.of(), Map.of()))
        : Optional.empty();
  }

  private boolean isAllowed(User user, String verb, String subresource) throws IOException {
    review.begin("what");
    lastUser = user;
    questions.add(user.name() + " " + verb + " " + subresource);
    return allowed.contains("*") || allowed.contains(subresource);
  }

  String url(String path) {
    return "https://localhost:" + server.port() + path;
  }

  SSLSocket connect(TestAuthority.@Nullable Identity client) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls(client).getSocketFactory().createSocket("localhost", server.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  static SSLContext tls(TestAuthority.@Nullable Identity client) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", SERVER_CA.certificate());
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = client == null ? null : new KeyManager[] {new FixedIdentity(client)};
      context.init(keys, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
