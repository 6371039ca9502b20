package io.hiberlet.node;

import io.hiberlet.devcluster.RealControlPlane;
import io.hiberlet.node.client.ApiServerAccess;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Gives a node its identity: a client certificate {@code system:node:NAME} of the cluster's CA. */
public final class NodeKubeconfig {

  private NodeKubeconfig() {}

  /** Writes key, certificate and kubeconfig into a directory. */
  public static Path write(RealControlPlane cluster, String node, Path directory) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    Files.writeString(directory.resolve("node.crt"), pem(certificate(cluster, node, keys)));
    Files.writeString(directory.resolve("node.key"), pem(keys.getPrivate()));
    Path file = directory.resolve("node.kubeconfig");
    try (var admin = ApiServerAccess.load(cluster.adminKubeconfig())) {
      Files.writeString(
          file,
          """
          apiVersion: v1
          kind: Config
          current-context: node
          contexts:
          - {name: node, context: {cluster: test, user: node}}
          clusters:
          - {name: test, cluster: {server: "%s", certificate-authority: "%s"}}
          users:
          - {name: node, user: {client-certificate: node.crt, client-key: node.key}}
          """
              .formatted(admin.server(), cluster.caCertificate()));
    }
    return file;
  }

  private static X509CertificateHolder certificate(
      RealControlPlane cluster, String node, KeyPair keys) throws Exception {
    var issuer = (X509CertificateHolder) read(cluster.caCertificate());
    PrivateKey caKey = privateKey(cluster.caKey());
    String signature = caKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
            issuer.getSubject(),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minus(Duration.ofMinutes(5))),
            Date.from(now.plus(Duration.ofDays(1))),
            X500Name.getInstance(
                new X500Principal("CN=system:node:" + node + ",O=system:nodes").getEncoded()),
            keys.getPublic())
        .addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
        .build(new JcaContentSignerBuilder(signature).build(caKey));
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    var converter = new JcaPEMKeyConverter();
    return switch (read(file)) {
      case PEMKeyPair pair -> converter.getKeyPair(pair).getPrivate();
      case PrivateKeyInfo key -> converter.getPrivateKey(key);
      case Object other -> throw new IOException(file + " holds " + other.getClass());
    };
  }

  private static Object read(Path file) {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      return parser.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(Object object) throws IOException {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
