package io.hiberlet.node.staticpod;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Toleration;
import io.kubernetes.client.util.Yaml;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads the file of a static pod, by the kubelet's rules ({@code pkg/kubelet/config/common.go}):
 * its name gets the node's for a suffix, its UID is a hash of the file. Other than with the
 * kubelet, a field that is not known is an error, and the hash is of the file's bytes: what a later
 * version reads from the same file may not give the pod another UID. Of the metadata the name, the
 * namespace, labels and annotations are taken; the rest says nothing in a file.
 */
final class PodManifest {
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final int LONGEST_SUBDOMAIN = 253;
  private static final int LONGEST_LABEL = 63;
  private static final int UID_BYTES = 16;

  private final String node;

  PodManifest(String node) {
    this.node = node;
  }

  /**
   * @param file its name
   * @param since when it was seen first
   */
  V1Pod read(String file, byte[] content, Instant since) throws ManifestException {
    V1Pod pod = parse(file, text(content));
    if (!"v1".equals(pod.getApiVersion()) || !"Pod".equals(pod.getKind())) {
      throw new ManifestException("it is no Pod of apiVersion v1");
    }
    V1PodSpec spec = checked(pod.getSpec());
    spec.nodeName(node);
    if (spec.getOverhead() == null || spec.getOverhead().isEmpty()) {
      spec.overhead(null); // client-java's empty one is one too many for the RuntimeClass plugin
    }
    spec.addTolerationsItem(new V1Toleration().operator("Exists").effect("NoExecute"));
    return new V1Pod()
        .apiVersion("v1")
        .kind("Pod")
        .metadata(metadata(pod.getMetadata(), file, uid(file, content), since))
        .spec(spec);
  }

  private static String text(byte[] content) throws ManifestException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new ManifestException("it is not UTF-8 text", e);
    }
  }

  /** Compact JSON is YAML; other JSON may not be, because of its tabs. */
  private static V1Pod parse(String file, String text) throws ManifestException {
    try {
      String yaml = file.endsWith(".json") ? JsonParser.parseString(text).toString() : text;
      V1Pod pod = Yaml.loadAs(yaml, V1Pod.class);
      if (pod == null) {
        throw new ManifestException("it is empty");
      }
      return pod;
    } catch (MarkedYAMLException e) {
      throw new ManifestException(problem(e), e);
    } catch (JsonParseException e) {
      throw new ManifestException("it is not valid JSON: " + e.getMessage(), e);
    } catch (RuntimeException e) { // what else parsers throw
      throw new ManifestException("it cannot be read: " + e.getMessage(), e);
    }
  }

  /** Of the parser's errors, one around the other, the innermost says it best. */
  private static String problem(MarkedYAMLException failure) {
    int line = 0;
    String problem = "";
    for (Throwable each = failure; each != null; each = each.getCause()) {
      problem = String.valueOf(each.getMessage());
      if (each instanceof MarkedYAMLException marked) {
        line = marked.getProblemMark().getLine() + 1;
        problem = marked.getProblem();
      }
    }
    return "line %d: %s".formatted(line, problem);
  }

  private static V1PodSpec checked(@Nullable V1PodSpec spec) throws ManifestException {
    if (spec == null || spec.getContainers() == null || spec.getContainers().isEmpty()) {
      throw new ManifestException("spec.containers: there must be one");
    }
    Optional<String> reference = ApiReferences.first(spec);
    if (reference.isPresent()) {
      throw new ManifestException("static pods may not reference " + reference.get());
    }
    Set<String> names = new HashSet<>();
    for (V1Container container : containers(spec)) {
      String name = Objects.requireNonNullElse(container.getName(), "");
      if (!isLabel(name)) {
        throw new ManifestException("'%s' is no name of a container".formatted(name));
      }
      if (!names.add(name)) {
        throw new ManifestException("two containers have the name " + name);
      }
    }
    return spec;
  }

  private static List<V1Container> containers(V1PodSpec spec) {
    return Stream.concat(
            Objects.requireNonNullElse(spec.getInitContainers(), List.<V1Container>of()).stream(),
            spec.getContainers().stream())
        .toList();
  }

  private V1ObjectMeta metadata(
      @Nullable V1ObjectMeta given, String file, String uid, Instant since)
      throws ManifestException {
    V1ObjectMeta own = Objects.requireNonNullElseGet(given, V1ObjectMeta::new);
    String name = Objects.requireNonNullElse(own.getName(), "");
    String full = name + "-" + node;
    if (!SUBDOMAIN.matcher(name).matches() || full.length() > LONGEST_SUBDOMAIN) {
      throw new ManifestException(
          "metadata.name: '%s' is no name of a pod on this node".formatted(name));
    }
    String namespace = Objects.requireNonNullElse(own.getNamespace(), "default");
    if (!isLabel(namespace)) {
      throw new ManifestException("metadata.namespace: '%s' is no namespace".formatted(namespace));
    }
    Map<String, String> annotations =
        new HashMap<>(Objects.requireNonNullElse(own.getAnnotations(), Map.of()));
    annotations.remove(StaticPodAnnotations.MIRROR);
    annotations.put(StaticPodAnnotations.SOURCE, StaticPodAnnotations.FILE_SOURCE);
    annotations.put(StaticPodAnnotations.HASH, uid);
    annotations.put(StaticPodAnnotations.SEEN, since.toString());
    annotations.put(StaticPodAnnotations.FILE, file);
    return new V1ObjectMeta()
        .name(full)
        .namespace(namespace)
        .uid(uid)
        .labels(own.getLabels())
        .annotations(annotations);
  }

  private static boolean isLabel(String text) {
    return text.length() <= LONGEST_LABEL && LABEL.matcher(text).matches();
  }

  private String uid(String file, byte[] content) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (String part : List.of("host:", node, "\0file:", file, "\0")) {
        hash.update(part.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(hash.digest(content), 0, UID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
