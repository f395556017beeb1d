package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary folders servers live in, and what is left of them when a process dies without cleaning up. Each folder records
 * the process that owns it; a folder whose owner is gone is swept together with the server that still runs in it. Safe
 * between processes.
 */
final class ServerFolders {
    private static final Logger LOG = LoggerFactory.getLogger(ServerFolders.class);

    private final Path root;

    ServerFolders(Path root) {
        this.root = root;
    }

    static ServerFolders ofThisUser() {
        return new ServerFolders(
                Path.of(System.getProperty("java.io.tmpdir"), "widekey-servers-" + System.getProperty("user.name")));
    }

    /** Sweeps what dead processes left, then makes a folder owned by this process. */
    Path create() throws IOException {
        try (FolderLock lock = FolderLock.acquire(root)) {
            sweep();
            Path folder = Files.createTempDirectory(root, "server-");
            Files.writeString(folder.resolve("owner"), identity(ProcessHandle.current()));
            return folder;
        }
    }

    private void sweep() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "server-*")) {
            for (Path folder : folders) {
                if (!ownerIsAlive(folder)) {
                    LOG.info("removing {}, which a dead process left behind", folder);
                    killServersIn(folder);
                    FileTree.delete(folder);
                }
            }
        }
    }

    private static boolean ownerIsAlive(Path folder) throws IOException {
        String owner;
        try {
            owner = Files.readString(folder.resolve("owner"));
        } catch (NoSuchFileException e) {
            // Folders are created with their owner under the lock, so one without is a leftover.
            return false;
        }
        long pid = Long.parseLong(owner.split(" ", 2)[0]);
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(ServerFolders::identity)
                .filter(owner::equals)
                .isPresent();
    }

    /** Process numbers are used again; the start time tells two holders apart. */
    private static String identity(ProcessHandle process) {
        Optional<Instant> started = process.info().startInstant();
        return process.pid() + " " + started.map(Instant::toString).orElse("unknown");
    }

    /** Kills exactly the servers whose command line names the folder's data directory. */
    static void killServersIn(Path folder) throws IOException {
        List<ProcessHandle> servers = serversIn(folder);
        servers.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle server : servers) {
            try {
                server.onExit().get(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while stopping the server in " + folder, e);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("the server in " + folder + " does not stop", e);
            }
        }
    }

    static List<ProcessHandle> serversIn(Path folder) {
        String argument = "--datadir=" + folder.resolve("data");
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process.pid()).contains(argument))
                .toList();
    }

    private static List<String> arguments(long pid) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException e) {
            // The process ended while we looked, or belongs to somebody else: either way it is not ours to stop.
            return List.of();
        }
    }
}
