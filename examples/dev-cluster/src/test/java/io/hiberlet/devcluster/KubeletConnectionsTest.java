package io.hiberlet.devcluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hiberlet.devcluster.ApiClient.Reply;
import io.hiberlet.devcluster.pki.Identity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs and exec go through to the node, and no further. */
class KubeletConnectionsTest {
  private static final String POD = "/api/v1/namespaces/default/pods/p";

  @TempDir Path directory;
  private DevCluster cluster;
  private ApiClient admin;

  @BeforeEach
  void start() throws Exception {
    cluster = DevCluster.start(DevClusterOptions.in(directory));
    admin = ApiClient.of(cluster.adminKubeconfig());
    Identity node = cluster.issueServer("node", List.of("127.0.0.1"));
    ClusterFiles files = new ClusterFiles(directory, "", node);
    files.write("node.crt", node.certificatePem());
    files.write("node.key", node.keyPem());
    admin.await("/api/v1/namespaces/default/serviceaccounts/default", reply -> reply.code() == 200);
    admin.post(
        "/api/v1/namespaces/default/pods",
        "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private void registerNode(int port) throws Exception {
    Reply node =
        admin.post(
            "/api/v1/nodes",
            ("{\"metadata\":{\"name\":\"n\"},\"status\":{\"addresses\":[{\"type\":\"InternalIP\","
                 + "\"address\":\"127.0.0.1\"}],\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":%d}}}}")
                .formatted(port));
    assertEquals(201, node.code());
  }

  @Test
  void logIsFetchedFromTheNode() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
    try (FakeKubelet kubelet = new FakeKubelet(cluster, answer)) {
      registerNode(kubelet.port());
      Reply log = admin.get(POD + "/log?tailLines=5&follow=true");
      assertEquals(200, log.code());
      assertEquals("hello\n", log.at("text"));
      assertEquals(
          "GET /containerLogs/default/p/c?follow=true&tailLines=5 HTTP/1.1",
          kubelet.requests.poll(10, TimeUnit.SECONDS));
    }
    Reply unknown = admin.get(POD + "/log?container=other");
    assertEquals("container other is not valid for pod p", unknown.at("message"));
  }

  @Test
  void nodeThatIsAwayIsAnError() throws Exception {
    registerNode(1);
    Reply log = admin.get(POD + "/log");
    assertEquals(500, log.code());
    assertTrue(log.at("message").contains("error dialing backend: https://127.0.0.1:1"));
  }

  @Test
  void execBecomesATunnel() throws Exception {
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";
    try (FakeKubelet kubelet = new FakeKubelet(cluster, answer)) {
      registerNode(kubelet.port());
      try (SSLSocket client = connect();
          BufferedReader lines = lines(client)) {
        send(client, upgradeRequest());
        assertEquals("HTTP/1.1 101 Switching Protocols", lines.readLine());
        FakeKubelet.skipHeaders(lines);
        send(client, "one\n");
        assertEquals("echo one", lines.readLine());
        send(client, "two\n");
        assertEquals("echo two", lines.readLine());
      }
      assertEquals(
          "POST /exec/default/p/c?command=ls&command=-l&output=1 HTTP/1.1",
          kubelet.requests.poll(10, TimeUnit.SECONDS));
    }
  }

  /** Else whoever may exec could send the kubelet anything as the API server (CVE-2018-1002105). */
  @Test
  void refusedUpgradeLeavesNoTunnelBehind() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno\n";
    try (FakeKubelet kubelet = new FakeKubelet(cluster, answer)) {
      registerNode(kubelet.port());
      try (SSLSocket client = connect();
          BufferedReader lines = lines(client)) {
        send(client, upgradeRequest());
        assertEquals("HTTP/1.1 400 Bad Request", lines.readLine());
        lines.lines().forEach(line -> {}); // to the end: the connection is closed
      }
      assertTrue(kubelet.requests.poll(10, TimeUnit.SECONDS).startsWith("POST /exec/"));
    }
  }

  private static String upgradeRequest() {
    return "POST "
        + POD
        + "/exec?command=ls&command=-l&stdout=true HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        + "Upgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n";
  }

  private SSLSocket connect() throws Exception {
    SSLSocket socket =
        (SSLSocket)
            ApiClient.tls(cluster.adminKubeconfig())
                .getSocketFactory()
                .createSocket("127.0.0.1", cluster.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static BufferedReader lines(SSLSocket socket) throws Exception {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  private static void send(SSLSocket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }
}
