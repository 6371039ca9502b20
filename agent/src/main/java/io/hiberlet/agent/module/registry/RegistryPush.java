package io.hiberlet.agent.module.registry;

import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pushes images to registries. Thread-safe; blocks. */
public final class RegistryPush {
  private final Registries registries;
  private final Keyring keyring;

  public RegistryPush(Registries registries, Keyring keyring) {
    this.registries = registries;
    this.keyring = keyring;
  }

  /**
   * What an image consists of.
   *
   * @param manifestType the manifest's media type
   * @param blobs all that the manifest names
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes, never compared
  public record Content(String manifestType, byte[] manifest, List<byte[]> blobs) {
    public Content {
      blobs = List.copyOf(blobs);
    }

    /** What the image can be asked for by, whatever becomes of its tags. */
    public Digest digest() {
      return Digest.of(manifest);
    }
  }

  /**
   * Pushes an image under its name's tag, with the first credentials that are good for it.
   *
   * @throws RegistryException why the registry does not take it
   */
  public void push(ImageName image, Content content) throws IOException, InterruptedException {
    Endpoint endpoint = registries.registry(image);
    List<Optional<Credentials>> candidates = new ArrayList<>();
    keyring.lookup(endpoint.credentialsFor()).forEach(each -> candidates.add(Optional.of(each)));
    if (candidates.isEmpty()) {
      candidates.add(Optional.empty());
    }
    @Nullable RegistryException denied = null;
    try (RegistryHttp http = RegistryClient.open(endpoint)) {
      for (Optional<Credentials> credentials : candidates) {
        try {
          write(new RegistryWriter(http, endpoint, credentials), image.reference(), content);
          return;
        } catch (RegistryException e) {
          if (e.kind() != Kind.DENIED) {
            throw e;
          }
          denied = e;
        }
      }
    }
    if (denied == null) {
      throw new IllegalStateException("no candidate");
    }
    throw denied;
  }

  private static void write(RegistryWriter writer, String tag, Content content)
      throws IOException, InterruptedException {
    for (byte[] blob : content.blobs()) {
      writer.blob(blob);
    }
    writer.manifest(tag, content.manifestType(), content.manifest());
  }
}
