package dev.widekey.sandbox.scenario;

import dev.widekey.sandbox.csmh.Anomalies;
import dev.widekey.sandbox.csmh.Generator;
import dev.widekey.sandbox.csmh.Ledger;
import dev.widekey.sandbox.csmh.SettingsFile;
import dev.widekey.sandbox.csmh.World;
import dev.widekey.sandbox.demo.DaemonFiles;
import dev.widekey.sandbox.fault.FaultProxy;
import dev.widekey.sandbox.mysql.MySqlServer;
import dev.widekey.sandbox.mysql.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * What the scenario begins with: two servers, the network between the daemon and the old one, the history with its anomalies, and the
 * application's settings with both flags. Gone after {@link #close}.
 *
 * @param source server A
 * @param target server B
 * @param link between the daemon and the source
 */
record Given(
        MySqlServer source,
        MySqlServer target,
        FaultProxy link,
        World world,
        DaemonFiles files,
        Generator generator,
        Anomalies anomalies,
        Ledger ledger,
        Path folder)
        implements AutoCloseable {
    /** The largest packet of both servers by the time the daemon comes; larger rows are from before. */
    private static final int PACKET = 8 << 20;

    private static final int OVERSIZED = 9 << 20;

    /** Chunks that the copy has at least, so that there are enough moments to be killed at. */
    private static final int CHUNKS = 56;

    private static final int FEWEST_CHUNK_ROWS = 100;

    /** Sets everything up. */
    static Given of(Path repository, Path folder, long seed, int rows)
            throws IOException, SQLException, InterruptedException {
        MySqlServer source = MySqlServer.start();
        // As a file a row of any size would get in; by default a server takes none.
        MySqlServer target = MySqlServer.start(ServerOptions.defaults()
                .with("max-allowed-packet", Integer.toString(PACKET))
                .with("local-infile", "OFF"));
        World world = World.edx(source, target).withSettings(SettingsFile.create(folder.resolve("lms.env.json")));
        Generator generator = new Generator(seed, rows);
        Given given = new Given(
                source,
                target,
                FaultProxy.to(source),
                world,
                new DaemonFiles(repository, Math.max(FEWEST_CHUNK_ROWS, rows / CHUNKS)),
                generator,
                new Anomalies(seed, generator, OVERSIZED),
                new Ledger(),
                folder);
        given.fill();
        return given;
    }

    private void fill() throws IOException, SQLException, InterruptedException {
        world.create();
        files.createAccounts(world);
        DaemonFiles.allowPlain(source);
        world.load(generator, anomalies, ledger);
        source.execute("SET GLOBAL max_allowed_packet = " + PACKET);
    }

    /** About how many chunks the copy has. */
    int chunks() {
        return Math.max(1, generator.rows() / files.chunkRows());
    }

    @Override
    public void close() {
        try (source;
                target;
                link) {
            // The network goes before the servers.
        }
    }
}
