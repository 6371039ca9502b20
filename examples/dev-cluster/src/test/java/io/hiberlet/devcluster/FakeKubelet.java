package io.hiberlet.devcluster;

import io.hiberlet.devcluster.pki.Pem;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A kubelet port that demands the API server's certificate, notes each request's first line, and
 * answers what it was made to answer; after a 101 it echoes.
 */
final class FakeKubelet implements AutoCloseable {
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final SSLServerSocket socket;
  private final String answer;

  FakeKubelet(DevCluster cluster, String answer) throws Exception {
    this.answer = answer;
    KeyStore own = store();
    byte[] key =
        Pem.decode("PRIVATE KEY", Files.readString(cluster.directory().resolve("node.key")));
    Certificate[] chain = {certificate(cluster.directory().resolve("node.crt"))};
    own.setKeyEntry(
        "node",
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
        new char[0],
        chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    KeyStore trusted = store();
    trusted.setCertificateEntry("ca", certificate(cluster.kubeletClientCaCertificate()));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    socket =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return socket.getLocalPort();
  }

  private static KeyStore store() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate certificate(Path pem) throws Exception {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(pem)));
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (SSLSocket connection = (SSLSocket) socket.accept()) {
        answer(connection);
      } catch (IOException e) {
        requests.add("failed: " + e.getMessage());
      }
    }
  }

  /** Reads up to and including the empty line. */
  static void skipHeaders(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.isEmpty()) {
      line = lines.readLine();
    }
  }

  private void answer(SSLSocket connection) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String request = lines.readLine();
    skipHeaders(lines);
    requests.add(request);
    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    connection.getOutputStream().flush();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      requests.add(line);
      connection
          .getOutputStream()
          .write(("echo " + line + "\n").getBytes(StandardCharsets.US_ASCII));
      connection.getOutputStream().flush();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
