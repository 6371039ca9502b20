package io.hiberlet.node.certificate;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * One of the two kinds of certificate that a node has, in the form that its signer demands
 * (Kubernetes documentation, "Certificates and Certificate Signing Requests", Signers).
 *
 * @param name of its files and, with a digest, of its requests
 * @param signer who is to issue it
 * @param purpose what it is for, as the API names it; the two other usages are always the same:
 *     1.20 to 1.26 demand key encipherment even for keys that cannot do it
 * @param subject {@code system:node:NODE} of {@code system:nodes}
 * @param names subject alternative names; empty for a client
 */
record CertificateProfile(
    String name, String signer, String purpose, X500Principal subject, List<GeneralName> names) {

  CertificateProfile {
    names = List.copyOf(names);
  }

  /** As whom the node speaks to the API server. */
  static CertificateProfile client(String node) {
    return new CertificateProfile(
        "kubelet-client",
        "kubernetes.io/kube-apiserver-client-kubelet",
        "client auth",
        subject(node),
        List.of());
  }

  /** As whom the kubelet API presents itself. */
  static CertificateProfile serving(String node, InetAddress ip, String hostname) {
    return new CertificateProfile(
        "kubelet-serving",
        "kubernetes.io/kubelet-serving",
        "server auth",
        subject(node),
        List.of(
            new GeneralName(GeneralName.iPAddress, ip.getHostAddress()),
            new GeneralName(GeneralName.dNSName, hostname)));
  }

  List<String> usages() {
    return List.of("digital signature", "key encipherment", purpose);
  }

  /** Whether a certificate is for this node under all its names; a signer may order the subject. */
  boolean fits(X509Certificate certificate) {
    return x500(subject).equals(x500(certificate.getSubjectX500Principal()))
        && namesOf(certificate).containsAll(names);
  }

  private static List<GeneralName> namesOf(X509Certificate certificate) {
    try {
      Collection<List<?>> found =
          Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
      return found.stream()
          .filter(name -> name.get(1) instanceof String)
          .map(name -> new GeneralName((Integer) name.get(0), (String) name.get(1)))
          .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static X500Name x500(X500Principal principal) {
    return X500Name.getInstance(principal.getEncoded());
  }

  private static X500Principal subject(String node) {
    return new X500Principal("CN=system:node:" + node + ",O=system:nodes");
  }
}
