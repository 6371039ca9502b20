package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Finds images in registries and their mirrors. One per pull; used by one thread, which may be
 * interrupted; {@link #close} may be called by any.
 */
public final class RegistryClient implements AutoCloseable {
  private final Registries registries;

  // Guarded by opened.
  private final List<RegistryHttp> opened = new ArrayList<>();
  private boolean closed;

  public RegistryClient(Registries registries) {
    this.registries = registries;
  }

  /**
   * Does something with what an image leads to.
   *
   * @param <T> what comes of it
   * @param <E> what goes wrong with the image itself, wherever it is from
   */
  @FunctionalInterface
  public interface Reader<T, E extends Exception> {
    T read(RegistryImage image) throws IOException, InterruptedException, E;
  }

  /**
   * Reads an image: from the first mirror that has it, else from its registry; with the first
   * credentials that are good for it. The reader is called again when a mirror fails it.
   *
   * @throws RegistryException why the image cannot be had
   */
  public <T, E extends Exception> T read(ImageName image, Keyring keyring, Reader<T, E> reader)
      throws IOException, InterruptedException, E {
    List<String> others = new ArrayList<>();
    @Nullable RegistryException last = null;
    for (Endpoint endpoint : registries.endpoints(image)) {
      try {
        List<Credentials> candidates = keyring.lookup(endpoint.credentialsFor());
        return reader.read(find(opened(endpoint), endpoint, image.reference(), candidates));
      } catch (RegistryException e) {
        if (last != null) {
          others.add(String.valueOf(last.getMessage()));
        }
        last = e;
      }
    }
    throw summary(last, others);
  }

  private static RegistryException summary(@Nullable RegistryException last, List<String> mirrors) {
    if (last == null) {
      throw new IllegalStateException("an image has a registry");
    }
    return mirrors.isEmpty()
        ? last
        : new RegistryException(
            last.kind(),
            "%s (mirrors: %s)".formatted(last.getMessage(), String.join("; ", mirrors)),
            last);
  }

  /** A way to one endpoint, to be closed. */
  static RegistryHttp open(Endpoint endpoint) throws RegistryException {
    return new RegistryHttp(tls(endpoint));
  }

  private RegistryHttp opened(Endpoint endpoint) throws RegistryException {
    RegistryHttp http = open(endpoint);
    synchronized (opened) {
      opened.add(http);
      if (closed) {
        http.close();
      }
    }
    return http;
  }

  private static Optional<SSLContext> tls(Endpoint endpoint) throws RegistryException {
    if (endpoint.caFile().isEmpty()) {
      return Optional.empty();
    }
    Path file = endpoint.caFile().get();
    try {
      return Optional.of(TrustedAuthorities.with(file));
    } catch (IOException | GeneralSecurityException e) {
      throw new RegistryException(
          Kind.UNAVAILABLE,
          "cannot use %s, which should vouch for %s: %s"
              .formatted(file, endpoint.host(), reason(e)),
          e);
    }
  }

  private static String reason(Exception failure) {
    return failure instanceof NoSuchFileException
        ? "there is no such file"
        : String.valueOf(failure.getMessage());
  }

  private static RegistryImage find(
      RegistryHttp http, Endpoint endpoint, String reference, List<Credentials> candidates)
      throws IOException, InterruptedException {
    if (candidates.isEmpty()) {
      return find(new RegistrySession(http, endpoint, Optional.empty()), reference);
    }
    @Nullable RegistryException denied = null;
    for (Credentials credentials : candidates) {
      try {
        return find(new RegistrySession(http, endpoint, Optional.of(credentials)), reference);
      } catch (RegistryException e) {
        if (e.kind() != Kind.DENIED && e.kind() != Kind.NOT_FOUND) {
          throw e;
        }
        denied = e; // some hide what one may not see
      }
    }
    if (denied == null) {
      throw new IllegalStateException("no candidate");
    }
    throw denied;
  }

  private static RegistryImage find(RegistrySession session, String reference)
      throws IOException, InterruptedException {
    Document document = session.manifest(reference);
    if (!Manifests.isIndex(document)) {
      return new RegistryImage(session, document.digest(), Manifests.layers(document));
    }
    Descriptor chosen = Platforms.choose(Manifests.variants(document));
    Document manifest = session.manifest(chosen.digest().value());
    return new RegistryImage(session, document.digest(), Manifests.layers(manifest));
  }

  /** Ends whatever is under way. */
  @Override
  public void close() {
    synchronized (opened) {
      closed = true;
      opened.forEach(RegistryHttp::close);
    }
  }
}
