package io.hiberlet.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * A file of records that were taken out of a store, as they were stored, and of the places that
 * could not be read. Readable by its owner only. The format is told in docs/snapshot-format.md.
 *
 * <p>Not thread-safe.
 */
final class QuarantineFile implements AutoCloseable {

  private static final String FIRST_LINE = "hiberlet quarantine 1";
  private static final int RECORD = 1;
  private static final int UNREADABLE = 2;
  private static final int CUT = 3;

  private final Path file;
  private final FileChannel channel;
  private final OutputStream out;
  private long left;
  private boolean cut;
  private boolean complete;

  private QuarantineFile(Path file, FileChannel channel, long maxBytes) {
    this.file = file;
    this.channel = channel;
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel));
    this.left = maxBytes;
  }

  /**
   * Makes the file.
   *
   * @param header lines for a person
   * @param maxBytes its limit; what comes beyond is left out, and a mark tells so
   */
  static QuarantineFile create(Path file, List<String> header, long maxBytes) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    QuarantineFile created = new QuarantineFile(file, channel, maxBytes);
    try {
      created.write(headerBytes(header));
      return created;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static byte[] headerBytes(List<String> lines) {
    StringBuilder header = new StringBuilder(FIRST_LINE).append('\n');
    lines.forEach(line -> header.append(line.replace('\n', ' ')).append('\n'));
    return header.append('\n').toString().getBytes(UTF_8);
  }

  Path path() {
    return file;
  }

  /** Adds a record with its envelope, be it damaged or not. */
  void addRecord(Table table, byte[] key, byte[] envelope) throws IOException {
    add(RECORD, table, key, envelope);
  }

  /** Notes that the records from one key to before the other could not be read. */
  void addUnreadable(Table table, byte[] from, byte[] before) throws IOException {
    add(UNREADABLE, table, from, before);
  }

  private void add(int kind, Table table, byte[] key, byte[] value) throws IOException {
    byte[] name = table.storedName().getBytes(US_ASCII);
    byte[] entry =
        ByteBuffer.allocate(2 + name.length + 2 * Integer.BYTES + key.length + value.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) kind)
            .put((byte) name.length)
            .put(name)
            .putInt(key.length)
            .put(key)
            .putInt(value.length)
            .put(value)
            .array();
    if (cut) {
      return;
    }
    if (entry.length >= left) {
      cut = true;
      write(new byte[] {CUT});
      return;
    }
    write(entry);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    left -= bytes.length;
  }

  /** Returns when the file, with all that was added, is on the disk. */
  void complete() throws IOException {
    out.flush();
    channel.force(true);
    Durable.sync(file.getParent());
    complete = true;
  }

  /** Deletes the file if it was not completed. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!complete) {
      Files.delete(file);
    }
  }
}
