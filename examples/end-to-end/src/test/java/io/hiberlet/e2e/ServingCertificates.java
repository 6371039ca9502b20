package io.hiberlet.e2e;

import static io.hiberlet.e2e.Looks.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an administrator, or an approving controller, does for a kubelet's serving certificate. */
final class ServingCertificates {
  private static final String SIGNER = "kubernetes.io/kubelet-serving";

  private ServingCertificates() {}

  /** Waits for a node to ask for its serving certificate, and approves that. */
  static void approveFor(Kubectl kubectl, String node) {
    await("a serving CSR of " + node)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> !pending(kubectl, node).isEmpty());
    approvePending(kubectl, node);
  }

  /** Approves what a node asks for at present. */
  static void approvePending(Kubectl kubectl, String node) {
    pending(kubectl, node).forEach(csr -> kubectl.get("certificate", "approve", csr));
  }

  /** Removes what a node that is gone asked for, or it would pass for a request of the next one. */
  static void forget(Kubectl kubectl, String node) {
    if (kubectl.run("get", "--raw", "/readyz").exitCode() == 0) {
      pending(kubectl, node).forEach(csr -> kubectl.run("delete", "csr", csr));
    }
  }

  private static List<String> pending(Kubectl kubectl, String node) {
    List<String> names = new ArrayList<>();
    JsonObject list =
        JsonParser.parseString(kubectl.get("get", "csr", "-o", "json")).getAsJsonObject();
    for (JsonElement each : list.getAsJsonArray("items")) {
      JsonObject csr = each.getAsJsonObject();
      JsonObject spec = csr.getAsJsonObject("spec");
      boolean undecided = !csr.has("status") || !csr.getAsJsonObject("status").has("conditions");
      if (undecided
          && spec.get("signerName").getAsString().equals(SIGNER)
          && spec.get("username").getAsString().equals("system:node:" + node)) {
        names.add(csr.getAsJsonObject("metadata").get("name").getAsString());
      }
    }
    return names;
  }
}
