package io.hiberlet.node.certificate;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;

/**
 * As whom the kubelet API presents itself: the subject and names that the signer {@code
 * kubernetes.io/kubelet-serving} demands.
 *
 * @param node the Node's name
 */
record ServingIdentity(String node, InetAddress ip, String hostname) {

  X500Principal subject() {
    return new X500Principal("CN=system:node:" + node + ",O=system:nodes");
  }

  /** Whether a client that asks for this node accepts the certificate. */
  boolean isNamedBy(X509Certificate certificate) {
    try {
      Collection<List<?>> names =
          Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
      List<Object> values = names.stream().<Object>map(name -> name.get(1)).toList();
      return values.contains(ip.getHostAddress()) && values.contains(hostname);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
