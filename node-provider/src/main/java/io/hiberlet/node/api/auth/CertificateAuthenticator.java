package io.hiberlet.node.api.auth;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Knows a caller by its verified client certificate: the common name is the user, the organizations
 * are its groups, as everywhere in Kubernetes. Trust itself is the TLS handshake's matter.
 */
public final class CertificateAuthenticator implements Authenticator {

  /** The group of everybody who is somebody; with tokens, the API server adds it. */
  private static final String AUTHENTICATED = "system:authenticated";

  @Override
  public Optional<User> authenticate(Credentials credentials) {
    X509Certificate certificate = credentials.certificate();
    return certificate == null ? Optional.empty() : userOf(certificate);
  }

  private static Optional<User> userOf(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    try {
      var subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn part : subject.getRdns()) {
        var attributes = part.toAttributes();
        names.addAll(values(attributes.get("CN")));
        groups.addAll(values(attributes.get("O")));
      }
    } catch (NamingException e) {
      return Optional.empty();
    }
    if (names.isEmpty() || names.getLast().isEmpty()) {
      return Optional.empty();
    }
    groups.add(AUTHENTICATED);
    return Optional.of(new User(names.getLast(), "", groups, Map.of()));
  }

  private static List<String> values(Attribute attribute) throws NamingException {
    List<String> values = new ArrayList<>();
    for (int i = 0; attribute != null && i < attribute.size(); i++) {
      if (attribute.get(i) instanceof String value) {
        values.add(value);
      }
    }
    return values;
  }
}
