package io.hiberlet.node.certificate;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Serves whatever key and certificate are current at a handshake. A handshake that began before a
 * change ends with what it began with. Thread-safe.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {

  private record Served(String alias, KeyMaterial material, @Nullable Served before) {
    @Nullable Served find(@Nullable String wanted) {
      if (alias.equals(wanted)) {
        return this;
      }
      return before != null && before.alias.equals(wanted) ? before : null;
    }
  }

  private volatile Served current;

  ReloadingKeyManager(KeyMaterial material) {
    current = new Served("0", material, null);
  }

  synchronized void serve(KeyMaterial material) {
    Served old = current;
    String alias = Integer.toString(Integer.parseInt(old.alias()) + 1);
    current = new Served(alias, material, new Served(old.alias(), old.material(), null));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    Served now = current;
    return now.material().key().getAlgorithm().equals(keyType) ? now.alias() : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseServerAlias(keyType, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    Served served = current.find(alias);
    return served == null ? null : served.material().chain().toArray(new X509Certificate[0]);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    Served served = current.find(alias);
    return served == null ? null : served.material().key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
