package io.hiberlet.agent.module.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * An image that was found in a registry; its layers can be read until the {@link RegistryClient}
 * that found it is closed. Used by one thread.
 */
public final class RegistryImage {
  private final RegistrySession session;
  private final Digest digest;
  private final List<Descriptor> layers;

  RegistryImage(RegistrySession session, Digest digest, List<Descriptor> layers) {
    this.session = session;
    this.digest = digest;
    this.layers = List.copyOf(layers);
  }

  /** Of what the name leads to: the index, if there is one. */
  public Digest digest() {
    return digest;
  }

  /** With what it was opened; empty when the registry did not ask for any. */
  public Optional<Opening> opening() {
    return session.opening();
  }

  /** The lowest first. */
  public List<Descriptor> layers() {
    return layers;
  }

  /**
   * The content of a layer, to be closed. It has the size and the digest that the descriptor says,
   * or its end is an error: whoever has read to the end has verified it.
   */
  public InputStream open(Descriptor layer) throws IOException, InterruptedException {
    return session.blob(layer);
  }
}
