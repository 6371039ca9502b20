package io.hiberlet.agent.module.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.hiberlet.agent.module.registry.RegistryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads manifests and indexes: those of OCI, and Docker's of the second version. */
final class Manifests {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  static final String ACCEPT = String.join(", ", MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_LIST);

  private static final int MAX_LAYERS = 128;
  private static final Gson GSON = new Gson();

  private Manifests() {}

  /** What of a manifest or an index matters here. */
  private record Json(
      @Nullable String mediaType,
      @Nullable List<@Nullable Entry> layers,
      @Nullable List<@Nullable Entry> manifests) {}

  private record Entry(
      @Nullable String mediaType,
      @Nullable String digest,
      @Nullable Long size,
      @Nullable Platform platform) {}

  /** What an image is for. */
  record Platform(@Nullable String os, @Nullable String architecture) {

    @Override
    public String toString() {
      return os + "/" + architecture;
    }
  }

  /** One image of an index. */
  record Variant(Descriptor descriptor, Optional<Platform> platform) {}

  static boolean isIndex(Document document) throws RegistryException {
    String type = type(document);
    return type.equals(INDEX) || type.equals(DOCKER_LIST);
  }

  /** The images of an index. */
  static List<Variant> variants(Document index) throws RegistryException {
    List<Variant> variants = new ArrayList<>();
    for (Entry entry : present(read(index).manifests())) {
      variants.add(new Variant(descriptor(entry), Optional.ofNullable(entry.platform())));
    }
    return variants;
  }

  /** The layers of an image, the lowest first. */
  static List<Descriptor> layers(Document manifest) throws RegistryException {
    String type = type(manifest);
    if (!type.equals(MANIFEST) && !type.equals(DOCKER_MANIFEST)) {
      throw invalid("the registry answers with a manifest of type " + type);
    }
    @Nullable List<@Nullable Entry> listed = read(manifest).layers();
    if (listed == null) {
      throw invalid("the manifest lists no layers");
    }
    List<Entry> entries = present(listed);
    if (entries.size() > MAX_LAYERS) {
      throw invalid("the image has more than %d layers".formatted(MAX_LAYERS));
    }
    List<Descriptor> layers = new ArrayList<>();
    for (Entry entry : entries) {
      layers.add(descriptor(entry));
    }
    return layers;
  }

  /** What the document itself says, so that one cannot be read as two things; else the header. */
  private static String type(Document document) throws RegistryException {
    Json json = read(document);
    if (json.layers() != null && json.manifests() != null) {
      throw invalid("the manifest is both an image and an index");
    }
    @Nullable String own = json.mediaType();
    if (own != null) {
      return bareType(own);
    }
    if (json.manifests() != null) {
      return INDEX;
    }
    return json.layers() != null ? MANIFEST : document.mediaType();
  }

  /** Without parameters, in lower case. */
  static String bareType(String mediaType) {
    int semicolon = mediaType.indexOf(';');
    String bare = semicolon < 0 ? mediaType : mediaType.substring(0, semicolon);
    return bare.strip().toLowerCase(Locale.ROOT);
  }

  private static Json read(Document document) throws RegistryException {
    try {
      @Nullable Json json = GSON.fromJson(new String(document.bytes(), UTF_8), Json.class);
      if (json != null) {
        return json;
      }
    } catch (JsonParseException | NumberFormatException e) {
      throw new RegistryException(Kind.INVALID, "the manifest is not one", e);
    }
    throw invalid("the manifest is not one");
  }

  private static List<Entry> present(@Nullable List<@Nullable Entry> entries)
      throws RegistryException {
    List<Entry> present = new ArrayList<>();
    for (@Nullable Entry entry : entries == null ? List.<@Nullable Entry>of() : entries) {
      if (entry == null) {
        throw invalid("the manifest has an empty entry");
      }
      present.add(entry);
    }
    return present;
  }

  private static Descriptor descriptor(Entry entry) throws RegistryException {
    @Nullable String mediaType = entry.mediaType();
    @Nullable String digest = entry.digest();
    @Nullable Long size = entry.size();
    if (mediaType == null || digest == null || size == null || size < 0) {
      throw invalid("the manifest has an entry without type, digest or size");
    }
    try {
      return new Descriptor(bareType(mediaType), new Digest(digest), size);
    } catch (IllegalArgumentException e) {
      throw new RegistryException(Kind.INVALID, "the manifest has an entry with no sha256", e);
    }
  }

  private static RegistryException invalid(String message) {
    return new RegistryException(Kind.INVALID, message);
  }
}
