package io.hiberlet.node.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hiberlet.node.FakeApiServer;
import io.hiberlet.node.client.Pem;
import java.io.StringReader;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Whoever decides over certificate signing requests at a fake API server. */
final class FakeSigner {
  static final String COLLECTION = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

  private final FakeApiServer server;
  private final Set<String> seen = new LinkedHashSet<>();

  FakeSigner(FakeApiServer server) {
    this.server = server;
  }

  /** The paths of all requests, in the order in which they were seen here. */
  List<String> requests() {
    seen.addAll(server.paths(COLLECTION));
    return new ArrayList<>(seen);
  }

  JsonObject latest() {
    return server.get(requests().getLast());
  }

  /** Signs with any key; nobody here checks who issued a certificate. */
  X509Certificate approve(CertificateProfile profile, Instant now, Duration validity)
      throws Exception {
    var request = new JcaPKCS10CertificationRequest(parse(latest().getAsJsonObject("spec")));
    KeyPair authority = Certificates.newKeyPair();
    var keys = new KeyPair(request.getPublicKey(), authority.getPrivate());
    X509Certificate issued = Certificates.selfSigned(keys, profile, now, validity).certificate();
    var status = new JsonObject();
    status.addProperty(
        "certificate",
        Base64.getEncoder().encodeToString(Pem.encode("CERTIFICATE", issued.getEncoded())));
    setStatus(status);
    return issued;
  }

  void deny(String why) {
    var denied = new JsonObject();
    denied.addProperty("type", "Denied");
    denied.addProperty("status", "True");
    denied.addProperty("message", why);
    var conditions = new JsonArray();
    conditions.add(denied);
    var status = new JsonObject();
    status.add("conditions", conditions);
    setStatus(status);
  }

  static PKCS10CertificationRequest parse(JsonObject spec) throws Exception {
    byte[] pem = Base64.getDecoder().decode(spec.get("request").getAsString());
    try (var parser = new PEMParser(new StringReader(new String(pem, US_ASCII)))) {
      return (PKCS10CertificationRequest) parser.readObject();
    }
  }

  private void setStatus(JsonObject status) {
    server.change(
        requests().getLast(),
        object -> {
          object.add("status", status);
          return object;
        });
  }
}
