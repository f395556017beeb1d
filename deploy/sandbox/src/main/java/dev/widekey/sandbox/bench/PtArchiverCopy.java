package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** pt-archiver as a copier: reads along the key, loads each piece with LOAD DATA, deletes nothing. */
final class PtArchiverCopy implements Contender {
    private static final String ROWS_PER_PIECE = "10000";

    @Override
    public String name() {
        return "pt-archiver";
    }

    @Override
    public Optional<String> missing() {
        return Tool.find("pt-archiver").isPresent()
                ? Optional.empty()
                : Optional.of("pt-archiver, apt-get install percona-toolkit");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Tool.version("pt-archiver", "--version");
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        World world = servers.world();
        Meter meter = Meter.start(servers);
        Tool.run(
                servers.folder().resolve("pt-archiver.log"),
                Map.of(),
                List.of(
                        "pt-archiver",
                        "--source",
                        place(world.source(), world.sourceSchema(), World.OLD_TABLE),
                        "--dest",
                        place(world.target(), world.targetSchema(), World.EXTENDED_TABLE),
                        "--where",
                        "1=1",
                        "--no-delete",
                        "--bulk-insert",
                        "--commit-each",
                        "--limit",
                        ROWS_PER_PIECE,
                        "--charset",
                        "utf8",
                        "--no-safe-auto-increment",
                        "--no-check-charset",
                        "--no-version-check"));
        return meter.stop();
    }

    private static String place(Server server, String schema, String table) {
        return "h=" + server.host() + ",P=" + server.port() + ",u=" + Servers.USER + ",p=" + Servers.PASSWORD + ",D="
                + schema + ",t=" + table + ",A=utf8,L=1";
    }
}
