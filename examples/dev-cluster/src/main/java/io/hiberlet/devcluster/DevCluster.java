package io.hiberlet.devcluster;

import io.hiberlet.devcluster.api.ApiServer;
import io.hiberlet.devcluster.auth.Authenticator;
import io.hiberlet.devcluster.auth.RbacAuthorizer;
import io.hiberlet.devcluster.auth.ServiceAccountTokens;
import io.hiberlet.devcluster.auth.User;
import io.hiberlet.devcluster.control.ControllerLoop;
import io.hiberlet.devcluster.control.Controllers;
import io.hiberlet.devcluster.pki.CertificateAuthority;
import io.hiberlet.devcluster.pki.Identity;
import io.hiberlet.devcluster.server.HttpsServer;
import io.hiberlet.devcluster.server.KubeletConnector;
import io.hiberlet.devcluster.store.ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small Kubernetes cluster without nodes, in this process, on loopback, in memory: a stand-in for
 * trying out and for tests. {@code README.md} says what it leaves out. Thread-safe.
 */
public final class DevCluster implements AutoCloseable {
  private final DevClusterOptions options;
  private final ObjectStore store;
  private final CertificateAuthority authority = new CertificateAuthority("kubernetes");
  private final Identity serving =
      authority.issueServer(
          "kube-apiserver",
          List.of("127.0.0.1", "::1"),
          List.of("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"));
  private final ApiServer api;
  private final Authenticator authenticator;
  private final ControllerLoop controllers;
  private final KubeletConnector kubelets;
  private final int port;
  private @Nullable HttpsServer server;

  private DevCluster(DevClusterOptions options) throws IOException {
    this.options = options;
    store = new ObjectStore(options.historyLimit(), System.currentTimeMillis());
    ServiceAccountTokens tokens = new ServiceAccountTokens(store);
    RbacAuthorizer authorizer = new RbacAuthorizer(store);
    authenticator = new Authenticator(authority.identity().certificate(), tokens, store);
    api = new ApiServer(store, authenticator, authorizer, tokens, options.version());
    controllers = Controllers.over(store, authorizer, authority);
    CertificateAuthority kubeletClientCa = new CertificateAuthority("kubelet-client-ca");
    kubelets =
        new KubeletConnector(
            kubeletClientCa.issueClient("kube-apiserver-kubelet-client", List.of(User.MASTERS)),
            authority.identity().certificate());
    Bootstrap.run(api, store);
    server = listen(options.port());
    port = server.address().getPort();
    controllers.start();
    writeFiles(kubeletClientCa.identity());
  }

  /**
   * Starts a cluster and writes its files.
   *
   * @throws IOException when the port is taken or the directory cannot be written
   */
  public static DevCluster start(DevClusterOptions options) throws IOException {
    return new DevCluster(options);
  }

  private HttpsServer listen(int wanted) throws IOException {
    return new HttpsServer(
        wanted, serving, api, authenticator, kubelets, options.bookmarkInterval());
  }

  private void writeFiles(Identity kubeletClientCa) throws IOException {
    ClusterFiles files =
        new ClusterFiles(options.directory(), address().toString(), authority.identity());
    files.writeCertificate("ca", authority.identity());
    files.writeKey("ca", authority.identity());
    files.writeCertificate("kubelet-client-ca", kubeletClientCa);
    files.writeAdminKubeconfig(authority.issueClient("kubernetes-admin", List.of(User.MASTERS)));
    files.writeBootstrapKubeconfig(Bootstrap.TOKEN);
  }

  /** Where the API server listens. */
  public URI address() {
    return URI.create("https://127.0.0.1:" + port);
  }

  /** Where its files are. */
  public Path directory() {
    return options.directory();
  }

  /** A kubeconfig of a member of system:masters. */
  public Path adminKubeconfig() {
    return directory().resolve("admin.kubeconfig");
  }

  /** A kubeconfig with a bootstrap token, as a node has it before its first certificate. */
  public Path bootstrapKubeconfig() {
    return directory().resolve("bootstrap.kubeconfig");
  }

  /** The cluster's CA, which signs client certificates and kubelets' serving certificates. */
  public Path caCertificate() {
    return directory().resolve("pki/ca.crt");
  }

  /** The private key of {@link #caCertificate()}. */
  public Path caKey() {
    return directory().resolve("pki/ca.key");
  }

  /** The CA of the certificate that the API server shows to kubelets. */
  public Path kubeletClientCaCertificate() {
    return directory().resolve("pki/kubelet-client-ca.crt");
  }

  /** A serving certificate of the cluster's CA, as a kubelet gets it by request. */
  public Identity issueServer(String commonName, List<String> addresses) {
    return authority.issueServer(commonName, addresses, List.of());
  }

  /** Forgets all history, as etcd's compaction does: older positions are 410 Gone from now on. */
  public void compact() {
    store.compact();
  }

  /** Cuts all connections and refuses new ones; the cluster itself goes on. */
  public synchronized void goOffline() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /**
   * Ends what {@link #goOffline()} began, under the same address.
   *
   * @throws IOException when somebody else has the port by now
   */
  public synchronized void goOnline() throws IOException {
    if (server == null) {
      server = listen(port);
    }
  }

  /** Ends everything; the files stay. */
  @Override
  public void close() {
    goOffline();
    controllers.close();
  }
}
