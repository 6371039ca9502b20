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
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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
  private static final long MAX_FILE_BYTES = 16L << 20;
  private static final Gson GSON = new Gson();

  private final Path folder;
  private final List<ImageRecord> records;

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
      ImageRecordLine[] lines = GSON.fromJson(Files.readString(file), ImageRecordLine[].class);
      for (ImageRecordLine line : lines == null ? new ImageRecordLine[0] : lines) {
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
  synchronized Optional<ImageRecord> find(ImageName name) {
    return records.stream().filter(record -> record.isNamed(name)).findFirst();
  }

  /** What a digest of this name's repository led to. */
  synchronized Optional<ImageRecord> find(ImageName name, Digest digest) {
    return records.stream()
        .filter(record -> isOf(record, name.fullRepository(), digest))
        .findFirst();
  }

  private static boolean isOf(ImageRecord record, String repository, Digest digest) {
    return record.repository().equals(repository) && record.digest().equals(digest);
  }

  /** Remembers what a name leads to from now on, and who opened it. */
  synchronized void put(ImageName name, PulledImage image, ImageAccess access, Instant now)
      throws IOException {
    ImageRecord known =
        find(name, image.digest())
            .map(before -> before.withAccess(access))
            .orElseGet(
                () ->
                    new ImageRecord(
                        name.fullRepository(), image, new TreeSet<>(), now, Optional.of(access)));
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
    changed.addFirst(new ImageRecord(known.repository(), image, tags, now, known.access()));
    if (changed.size() > MAX_RECORDS) {
      changed.remove(
          changed.stream().min(Comparator.comparing(ImageRecord::pulledAt)).orElseThrow());
    }
    replace(changed);
  }

  /** Remembers that more have shown that they may use an image. */
  synchronized void grant(ImageName name, Digest digest, ImageAccess more) throws IOException {
    replace(
        records.stream()
            .map(
                record ->
                    isOf(record, name.fullRepository(), digest) ? record.withAccess(more) : record)
            .toList());
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
    String json = GSON.toJson(changed.stream().map(ImageRecordLine::of).toList());
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
