package dev.widekey.flags.outlet;

import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/**
 * A file that others read at any moment. It is replaced as a whole: whoever reads it sees the old text or the new one, after a
 * crash too. Symbolic links, mode, owner and group stay. Thread-safe as far as the file system is.
 */
final class SettingsFile {

    private final Path file;

    SettingsFile(Path file) {
        this.file = file;
    }

    /** The text, in UTF-8. */
    String read() throws OutletException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new OutletException(Kind.REFUSED, file + " is not UTF-8", e);
        } catch (IOException e) {
            // Somebody may be about to put it there.
            throw new OutletException(Kind.UNREACHABLE, file + " cannot be read: " + describe(e), e);
        }
    }

    /** Replaces the text, provided that it still is the one that was read. */
    void replace(String read, String text) throws OutletException {
        try {
            Path real = file.toRealPath();
            Path folder = folder(real);
            Path temporary = Files.createTempFile(folder, "." + real.getFileName() + ".", ".widekey");
            try {
                write(temporary, text);
                likeness(real, temporary).run();
                if (!read().equals(read)) {
                    throw new OutletException(Kind.UNREACHABLE, file + " was changed by somebody else meanwhile");
                }
                Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw new OutletException(Kind.LOST, file + " cannot be replaced: " + describe(e), e);
        }
    }

    /** Finds out whether {@link #replace} is likely to work: it needs the folder, and the file's owner. */
    void requireReplaceable() throws OutletException {
        try {
            Path real = file.toRealPath();
            Path folder = folder(real);
            if (!Files.isWritable(folder)) {
                throw new OutletException(
                        Kind.REFUSED,
                        "the folder " + folder + " cannot be written to; give the daemon's user write access");
            }
            Path probe = Files.createTempFile(folder, "." + real.getFileName() + ".", ".widekey");
            try {
                likeness(real, probe).run();
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            throw new OutletException(Kind.REFUSED, file + " could not be replaced: " + describe(e), e);
        }
    }

    private static void write(Path temporary, String text) throws IOException {
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private interface Step {
        void run() throws IOException, OutletException;
    }

    /** Gives the new file what the application needs to read it as it read the old one. */
    private static Step likeness(Path from, Path to) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        return () -> {
            PosixFileAttributes own = view.readAttributes();
            try {
                if (!own.group().equals(wanted.group())) {
                    view.setGroup(wanted.group());
                }
                if (!own.owner().equals(wanted.owner())) {
                    view.setOwner(wanted.owner());
                }
            } catch (IOException e) {
                throw new OutletException(
                        Kind.REFUSED,
                        from + " belongs to " + wanted.owner() + ":" + wanted.group()
                                + ", which the daemon cannot give to the file that replaces it; run the daemon as that user",
                        e);
            }
            view.setPermissions(wanted.permissions());
        };
    }

    private static Path folder(Path real) {
        return Optional.ofNullable(real.getParent()).orElse(Path.of("/"));
    }

    private static String describe(IOException e) {
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
