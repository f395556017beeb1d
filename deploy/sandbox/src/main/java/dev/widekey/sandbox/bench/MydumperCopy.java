package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** mydumper into files, then myloader out of them, two threads each. Takes no live changes and keeps no progress. */
final class MydumperCopy implements Contender {
    private static final String THREADS = "2";

    /** One table is read and loaded by several threads only when it is cut. */
    private static final String ROWS_PER_FILE = "50000";

    @Override
    public String name() {
        return "mydumper";
    }

    @Override
    public Optional<String> missing() {
        return Tool.find("mydumper").isPresent() && Tool.find("myloader").isPresent()
                ? Optional.empty()
                : Optional.of("mydumper, apt-get install mydumper");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Tool.version("mydumper", "--version");
    }

    @Override
    public String table() {
        return World.OLD_TABLE;
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        SameName.create(servers);
        Path log = servers.folder().resolve("mydumper.log");
        Path dump = servers.folder().resolve("dump");
        try {
            Meter meter = Meter.start(servers);
            Tool.run(
                    log,
                    Map.of(),
                    List.of(
                            "mydumper",
                            "-h",
                            servers.world().source().host(),
                            "-P",
                            Integer.toString(servers.world().source().port()),
                            "-u",
                            Servers.USER,
                            "-p",
                            Servers.PASSWORD,
                            "-B",
                            servers.world().sourceSchema(),
                            "-T",
                            World.OLD_TABLE,
                            "-m",
                            "-t",
                            THREADS,
                            "-r",
                            ROWS_PER_FILE,
                            "-o",
                            dump.toString()));
            Tool.run(
                    log,
                    Map.of(),
                    List.of(
                            "myloader",
                            "-h",
                            servers.world().target().host(),
                            "-P",
                            Integer.toString(servers.world().target().port()),
                            "-u",
                            Servers.USER,
                            "-p",
                            Servers.PASSWORD,
                            "-B",
                            servers.world().targetSchema(),
                            "-t",
                            THREADS,
                            "-e",
                            "-d",
                            dump.toString()));
            return meter.stop();
        } finally {
            if (Files.exists(dump)) {
                FileTree.delete(dump);
            }
        }
    }
}
