package dev.widekey.daemon;

import dev.widekey.daemon.config.DaemonConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code widekey run}: the daemon. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the migration until it is done.")
final class RunCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(RunCommand.class);
    private static final long DRAIN_SECONDS = 80;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(
            names = "--wait",
            description =
                    "Wait for a server that cannot be reached instead of giving up. For a service that starts with the machine.")
    private boolean wait;

    @Override
    public Integer call() throws Exception {
        DaemonConfig loaded = config.load();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger code = new AtomicInteger(ExitCode.FAILED);
        try (Daemon daemon = new Daemon(loaded, wait)) {
            Thread drain = new Thread(() -> drain(daemon, ended, code), "drain");
            Runtime.getRuntime().addShutdownHook(drain);
            code.set(daemon.run());
            return code.get();
        } finally {
            ended.countDown();
        }
    }

    /** On SIGTERM or SIGINT: finish what is at hand, commit it, and end with the code of the run rather than the signal's. */
    private static void drain(Daemon daemon, CountDownLatch ended, AtomicInteger code) {
        if (ended.getCount() == 0) {
            return;
        }
        log.info("stopping: finishing the chunks and the batch at hand");
        daemon.requestStop();
        try {
            if (ended.await(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(code.get());
            }
            log.error("not drained after {} s; leaving the rest to the next start", DRAIN_SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }
}
