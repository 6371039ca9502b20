package io.hiberlet.agent.module;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.hiberlet.agent.module.registry.Digest;
import io.hiberlet.agent.module.registry.ImageName;
import io.hiberlet.node.NodeImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which image's name led to which module: what a node must remember to run an image without its
 * registry. One file, replaced whole, so that it survives crashes at any moment; one that cannot be
 * read means no more than that images are pulled again. Thread-safe.
 */
public final class ImageRecords {
  private static final Logger log = LoggerFactory.getLogger(ImageRecords.class);

  private static final String FILE = "images.json";
  private static final int MAX_RECORDS = 1000;
  private static final long MAX_FILE_BYTES = 4L << 20;
  private static final Gson GSON = new Gson();

  private final Path folder;
  private final List<ImageRecord> records;

  /** A record in the file. */
  private record Line(
      String repository,
      String digest,
      String module,
      long bytes,
      List<String> tags,
      String pulledAt) {

    static Line of(ImageRecord record) {
      return new Line(
          record.repository(),
          record.digest().value(),
          record.image().module().value(),
          record.image().bytes(),
          List.copyOf(record.tags()),
          record.pulledAt().toString());
    }

    ImageRecord record() {
      PulledImage image = new PulledImage(new Digest(digest), new ModuleDigest(module), bytes);
      return new ImageRecord(
          Objects.requireNonNull(repository), image, new TreeSet<>(tags), Instant.parse(pulledAt));
    }
  }

  /**
   * @param folder the {@link ModuleStore}'s, which exists
   */
  public ImageRecords(Path folder) throws IOException {
    this.folder = folder;
    this.records = load(folder.resolve(FILE));
  }

  private static List<ImageRecord> load(Path file) throws IOException {
    List<ImageRecord> records = new ArrayList<>();
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new IllegalArgumentException("too large");
      }
      Line[] lines = GSON.fromJson(Files.readString(file), Line[].class);
      for (Line line : lines == null ? new Line[0] : lines) {
        records.add(line.record());
      }
    } catch (NoSuchFileException e) {
      return records; // the first start
    } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("Forgetting which images are here");
      records.clear();
    }
    return records;
  }

  /** What a name led to when it was pulled last. */
  synchronized Optional<PulledImage> find(ImageName name) {
    return first(record -> record.isNamed(name));
  }

  /** What a digest of this name's repository led to. */
  synchronized Optional<PulledImage> find(ImageName name, Digest digest) {
    return first(
        record ->
            record.repository().equals(name.fullRepository()) && record.digest().equals(digest));
  }

  private Optional<PulledImage> first(Predicate<ImageRecord> wanted) {
    return records.stream().filter(wanted).findFirst().map(ImageRecord::image);
  }

  /** Remembers what a name leads to from now on. */
  synchronized void put(ImageName name, PulledImage image, Instant now) throws IOException {
    SortedSet<String> tags = new TreeSet<>();
    if (name.digest().isEmpty()) {
      tags.add(name.reference());
    }
    List<ImageRecord> changed = new ArrayList<>();
    for (ImageRecord record : records) {
      boolean sameRepository = record.repository().equals(name.fullRepository());
      if (sameRepository && record.digest().equals(image.digest())) {
        tags.addAll(record.tags());
      } else {
        changed.add(sameRepository ? without(record, tags) : record);
      }
    }
    changed.addFirst(new ImageRecord(name.fullRepository(), image, tags, now));
    if (changed.size() > MAX_RECORDS) {
      changed.remove(
          changed.stream().min(Comparator.comparing(ImageRecord::pulledAt)).orElseThrow());
    }
    replace(changed);
  }

  private static ImageRecord without(ImageRecord record, Set<String> moved) {
    Set<String> left = new TreeSet<>(record.tags());
    left.removeAll(moved);
    return record.withTags(left);
  }

  /** Forgets what led to a module that is no more. */
  synchronized void remove(ModuleDigest module) throws IOException {
    List<ImageRecord> changed = new ArrayList<>(records);
    changed.removeIf(record -> record.image().module().equals(module));
    replace(changed);
  }

  private void replace(List<ImageRecord> changed) throws IOException {
    if (changed.equals(records)) {
      return;
    }
    String json = GSON.toJson(changed.stream().map(Line::of).toList());
    Durable.replace(folder, FILE, json);
    records.clear();
    records.addAll(changed);
  }

  /** All images, those pulled last first. */
  synchronized List<NodeImage> list() {
    return records.stream()
        .sorted(Comparator.comparing(ImageRecord::pulledAt).reversed())
        .map(ImageRecords::listed)
        .toList();
  }

  private static NodeImage listed(ImageRecord record) {
    List<String> names = new ArrayList<>();
    names.add(record.repository() + "@" + record.digest());
    record.tags().forEach(tag -> names.add(record.repository() + ":" + tag));
    return new NodeImage(names, record.image().bytes());
  }
}
