package dev.widekey.sandbox.bench;

import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.mysql.Server;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** mysqldump into mysql through a pipe, both of the servers' own release. */
final class MysqldumpCopy implements Contender {

    @Override
    public String name() {
        return "mysqldump";
    }

    @Override
    public String version() {
        return "mysqldump and mysql of the servers' own release";
    }

    @Override
    public String table() {
        return World.OLD_TABLE;
    }

    @Override
    public Lap copy(Servers servers) throws IOException, SQLException, InterruptedException {
        SameName.create(servers);
        List<String> dump = command(
                servers.source().programs().resolve("mysqldump").toString(),
                servers.world().source());
        dump.addAll(List.of(
                "--single-transaction",
                "--quick",
                "--no-create-info",
                "--skip-triggers",
                "--skip-tz-utc",
                "--set-gtid-purged=OFF",
                "--no-tablespaces",
                servers.world().sourceSchema(),
                World.OLD_TABLE));
        List<String> load = command(
                servers.target().programs().resolve("mysql").toString(),
                servers.world().target());
        load.add(servers.world().targetSchema());
        Meter meter = Meter.start(servers);
        Tool.pipe(
                servers.folder().resolve("mysqldump.log"), Map.of("MYSQL_PWD", Servers.PASSWORD), List.of(dump, load));
        return meter.stop();
    }

    private static List<String> command(String program, Server server) {
        return new ArrayList<>(List.of(
                program,
                "--no-defaults",
                "--host=" + server.host(),
                "--port=" + server.port(),
                "--protocol=TCP",
                "--ssl-mode=DISABLED",
                "--user=" + Servers.USER));
    }
}
