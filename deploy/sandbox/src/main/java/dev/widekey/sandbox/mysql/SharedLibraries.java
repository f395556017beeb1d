package dev.widekey.sandbox.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The system libraries the server needs and this machine may lack. Missing ones are taken out of the distribution's packages
 * and put beside the server, which needs no root. Stateless.
 */
final class SharedLibraries {
    private static final Map<String, List<String>> PACKAGES =
            Map.of("libaio.so.1", List.of("libaio1", "libaio1t64"), "libnuma.so.1", List.of("libnuma1"));

    private SharedLibraries() {}

    /**
     * Makes the program loadable.
     *
     * @param program the executable to look at
     * @param libraries a folder on the program's own library path
     * @throws ServerException when a library is missing and cannot be fetched; names the command that helps
     */
    static void complete(Path program, Path libraries) throws IOException {
        for (String library : missing(program, libraries)) {
            List<String> packages = PACKAGES.getOrDefault(library, List.of());
            if (packages.stream().noneMatch(name -> fetch(name, library, libraries))) {
                throw new ServerException("MySQL needs " + library + ", which this machine lacks. Install it with: "
                        + (packages.isEmpty()
                                ? "the package that holds " + library
                                : "apt-get install -y " + packages.get(0)));
            }
        }
        List<String> still = missing(program, libraries);
        if (!still.isEmpty()) {
            throw new ServerException("MySQL needs " + still + ", which this machine lacks");
        }
    }

    private static List<String> missing(Path program, Path folder) throws IOException {
        return CommandResult.run(folder, "ldd", program.toString())
                .output()
                .lines()
                .filter(line -> line.contains("not found"))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
    }

    private static boolean fetch(String packageName, String library, Path libraries) {
        try {
            Path work = Files.createTempDirectory("widekey-library-");
            try {
                if (!download(packageName, work)) {
                    return false;
                }
                CommandResult unpacked = CommandResult.run(work, "sh", "-c", "dpkg-deb -x ./*.deb unpacked");
                Optional<Path> file = unpacked.succeeded() ? find(work.resolve("unpacked"), library) : Optional.empty();
                if (file.isEmpty()) {
                    return false;
                }
                Path staged = libraries.resolve(library + ".new");
                Files.copy(file.get(), staged, StandardCopyOption.REPLACE_EXISTING);
                Files.move(staged, libraries.resolve(library), StandardCopyOption.ATOMIC_MOVE);
                return true;
            } finally {
                FileTree.delete(work);
            }
        } catch (IOException e) {
            throw new ServerException("cannot fetch " + library + " from package " + packageName, e);
        }
    }

    /** The package lists may be absent or old; they are refreshed only when the download fails. */
    private static boolean download(String packageName, Path work) throws IOException {
        if (CommandResult.run(work, "apt-get", "-q", "download", packageName).succeeded()) {
            return true;
        }
        CommandResult.run(work, "apt-get", "-q", "update");
        return CommandResult.run(work, "apt-get", "-q", "download", packageName).succeeded();
    }

    /** Follows symbolic links; newer packages carry the same library under a name that ends in t64. */
    private static Optional<Path> find(Path root, String library) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        String name = file.getFileName().toString();
                        return name.equals(library) || name.equals(library + "t64");
                    })
                    .findFirst();
        }
    }
}
