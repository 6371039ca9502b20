package io.hiberlet.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Comes to a kubelet API straight, without an API server between, as a member of system:masters. It
 * believes any server.
 */
final class KubeletClient {
  private static final int SOCKET_MILLIS = 30_000;

  private final Path authority;
  private final SSLContext tls;

  private KubeletClient(Path authority, SSLContext tls) {
    this.authority = authority;
    this.tls = tls;
  }

  /** Makes the client's certificate, and the authority that signs it, in a folder. */
  static KubeletClient in(Path folder) throws IOException, GeneralSecurityException {
    Path usage = Files.writeString(folder.resolve("usage"), "extendedKeyUsage=clientAuth\n");
    String key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(folder, "req -x509 " + key + " -days 1 -subj /CN=ca -keyout ca.key -out ca.crt");
    openssl(folder, "req " + key + " -subj /O=system:masters/CN=soak -keyout c.key -out c.csr");
    openssl(
        folder,
        "x509 -req -days 1 -CAcreateserial -CA ca.crt -CAkey ca.key -in c.csr -out c.crt -extfile "
            + usage.getFileName());
    openssl(folder, "pkcs12 -export -inkey c.key -in c.crt -passout pass:soak -out c.p12");
    return new KubeletClient(folder.resolve("ca.crt"), tls(folder.resolve("c.p12")));
  }

  private static void openssl(Path folder, String words) {
    Command.run(Map.of(), "", List.of("sh", "-c", "cd '%s' && openssl %s".formatted(folder, words)))
        .orThrow();
  }

  private static SSLContext tls(Path identity) throws IOException, GeneralSecurityException {
    char[] password = "soak".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(identity)) {
      store.load(file, password);
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), new TrustManager[] {new Credulous()}, null);
    return tls;
  }

  /** Whom a kubelet must believe for this client to be let in. */
  Path authority() {
    return authority;
  }

  /** A connection whose handshake begins with the first byte. */
  SSLSocket connect(int port) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(SOCKET_MILLIS);
    return socket;
  }

  /** The body of a page. */
  String get(int port, String path) throws IOException {
    try (SSLSocket socket = connect(port)) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
  }

  private static final class Credulous extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
