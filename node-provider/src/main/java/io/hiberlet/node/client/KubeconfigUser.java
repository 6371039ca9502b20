package io.hiberlet.node.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;

/**
 * The user of a kubeconfig's current context, for those who speak to the API server by other means
 * than the client library's. Thread-safe.
 */
public final class KubeconfigUser {
  private final KubeconfigFile file;
  private final ApiServerAccess access;

  private KubeconfigUser(KubeconfigFile file, ApiServerAccess access) {
    this.file = file;
    this.access = access;
  }

  /**
   * Reads a kubeconfig file and the files it refers to.
   *
   * @throws KubeconfigException when one is missing or makes no sense, or asks for what this
   *     program does not do, with a message for the user
   */
  public static KubeconfigUser load(Path kubeconfig) throws KubeconfigException {
    KubeconfigFile file = KubeconfigFile.read(kubeconfig);
    if (!file.verifiesServer()) {
      throw new KubeconfigException(
          file.file(),
          "insecure-skip-tls-verify is not supported; name the certificate-authority instead");
    }
    if (file.hasPassword()) {
      throw new KubeconfigException(
          file.file(), "a user with a password is not supported, nor is it by Kubernetes");
    }
    ApiServerAccess access = ApiServerAccess.load(kubeconfig);
    access.close(); // nothing is ever sent by it
    return new KubeconfigUser(file, access);
  }

  /** The API server; nothing is to be sent by its client. */
  public ApiServerAccess access() {
    return access;
  }

  /** What shows the user's certificate; empty when it has none. */
  public List<KeyManager> keyManagers() {
    KeyManager[] managers = access.client().getKeyManagers();
    return managers == null ? List.of() : List.of(managers);
  }

  /**
   * The user's bearer token as it is now; empty when it has none. Blocks, as a file may be read or
   * a credential plugin run.
   */
  public Optional<String> token() throws IOException {
    try {
      return keyManagers().isEmpty() ? file.token().map(String::strip) : Optional.empty();
    } catch (RuntimeException e) {
      throw new IOException("no token: " + ApiErrors.describeLocal(e), e);
    }
  }
}
