package dev.widekey.daemon.migration;

import dev.widekey.backfill.Backfill;
import dev.widekey.backfill.Windows;
import dev.widekey.cdc.Position;
import dev.widekey.daemon.cutover.Cutover;
import dev.widekey.daemon.cutover.FullComparison;
import dev.widekey.daemon.cutover.Rounds;
import dev.widekey.daemon.database.Faults;
import dev.widekey.daemon.index.LateIndexes;
import dev.widekey.daemon.merge.Alarm;
import dev.widekey.daemon.repair.Passes;
import dev.widekey.daemon.repair.Repairs;
import dev.widekey.daemon.state.CrashPoint;
import dev.widekey.daemon.state.HaltException;
import dev.widekey.daemon.state.MigrationRecord;
import dev.widekey.daemon.state.Ownership;
import dev.widekey.daemon.state.Phase;
import dev.widekey.daemon.state.Step;
import dev.widekey.daemon.state.StreamPosition;
import dev.widekey.daemon.throttle.CopyThrottle;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migration from its start to its end. {@link #run} is the life cycle; read it from top to bottom.
 *
 * <p>A phase is durable before anything acts on it, so after a crash a new process finds itself in the phase the old one was in and does that
 * phase's work again; every step is repeatable. The exceptions are on purpose: between the end of the copy and the flip of the writes a new
 * process goes back to {@link Phase#CATCH_UP}, and before the flip of the reads to {@link Phase#DRAIN}, because what somebody else saw is no
 * evidence.
 *
 * <p>{@link #run} is called once; {@link #requestStop} and the views for status from any thread.
 */
public final class Migration {
    private static final Logger log = LoggerFactory.getLogger(Migration.class);
    private static final long LOOK_AGAIN_NANOS = 200_000_000L;
    private static final long LOOKS_AT_REPAIRS = 5;

    private final Ownership ownership;
    private final MigrationRecord record;
    private final Start start;
    private final Stream stream;
    private final Function<Windows, Backfill> backfills;
    private final LateIndexes indexes;
    private final Repairs repairs;
    private final Passes passes;
    private final FullComparison comparison;
    private final Rounds rounds;
    private final CopyThrottle throttle;
    private final Gate gate;
    private final Cutover cutover;
    private final Alarm alarm;

    private volatile Phase phase = Phase.IDLE;
    private volatile boolean stopping;
    private volatile Optional<String> waitsFor = Optional.empty();
    private volatile @Nullable Backfill backfill;

    /** The server whose rows the last comparison was made with. For the migration's thread. */
    private String provenOn = "";

    /** What makes the migration leave {@link Phase#IDLE}, and where its stream begins. */
    public interface Start {
        /** Whether the operator wants the migration to begin. */
        boolean isWanted();

        /**
         * Makes sure both flags are stored, sets indexes aside, takes the stream's start position and stores it; then moves the writes, if they come first.
         * Repeatable.
         */
        void prepare() throws SQLException;

        /** Whether the writes move in {@link #prepare}, so that behind the gate the stragglers alone are left to wait for. */
        boolean movesWrites();

        /** The stored position. */
        StreamPosition.Stored stored() throws SQLException;
    }

    /** What must hold, beyond parity, before the application is moved. */
    public interface Gate {
        /** Why the cutover may not begin now; empty when it may. */
        Optional<String> closed();
    }

    /** Wires the migration. */
    public Migration(
            Ownership ownership,
            MigrationRecord record,
            Start start,
            Stream stream,
            Function<Windows, Backfill> backfills,
            LateIndexes indexes,
            Repairs repairs,
            Passes passes,
            FullComparison comparison,
            Rounds rounds,
            CopyThrottle throttle,
            Gate gate,
            Cutover cutover,
            Alarm alarm) {
        this.ownership = ownership;
        this.record = record;
        this.start = start;
        this.stream = stream;
        this.backfills = backfills;
        this.indexes = indexes;
        this.repairs = repairs;
        this.passes = passes;
        this.comparison = comparison;
        this.rounds = rounds;
        this.throttle = throttle;
        this.gate = gate;
        this.cutover = cutover;
        this.alarm = alarm;
    }

    /**
     * Goes through the phases.
     *
     * @return whether the migration is done; false when a stop was asked for
     * @throws HaltException when it must not go on by itself
     */
    public boolean run() throws SQLException, InterruptedException {
        try {
            return runPhases();
        } catch (RuntimeException failure) {
            cutover.abandon(phase, failure);
            throw failure;
        } catch (SQLException failure) {
            cutover.abandon(phase, failure);
            alarm.check();
            if (Faults.isAboutTable(failure)) {
                throw HaltException.ofTable(failure);
            }
            if (Faults.isRefusal(failure)) {
                throw HaltException.ofRefusal("server", failure);
            }
            throw failure;
        }
    }

    private boolean runPhases() throws SQLException, InterruptedException {
        resume();
        while (phase != Phase.DONE) {
            if (phase.streams() && !stream.isStarted()) {
                StreamPosition.Stored stored = start.stored();
                if (!phase.followsFailover()) {
                    stream.pin(stored.position().serverUuid());
                }
                if (phase == Phase.CATCH_UP) {
                    comparison.resume(stored, this::isStopping);
                } else {
                    comparison.forget("the migration stands in phase " + phase);
                }
                stream.start(stored);
            }
            Optional<Step> step = switch (phase) {
                case IDLE -> waitForStart();
                case PREPARE -> prepare();
                case BACKFILL -> copy();
                case INDEX -> buildIndexes();
                case CATCH_UP -> catchUp();
                case VERIFY -> verify();
                case READY -> waitAtGate();
                case DRAIN -> drain();
                case FLIP_WRITES,
                        SEAL,
                        FLIP_READS,
                        FENCE,
                        UNFENCE,
                        FLIP,
                        OPEN,
                        WATCH,
                        FENCE_BACK,
                        UNFENCE_BACK,
                        FLIP_BACK,
                        OPEN_BACK,
                        RETURN_READS,
                        RETURN_WRITES,
                        DRAIN_BACK,
                        SEAL_BACK -> cutover.run(phase, this::isStopping);
                case DONE -> Optional.empty();
            };
            alarm.check();
            if (step.isEmpty()) {
                return false;
            }
            move(step.get().phase(), step.get().detail());
        }
        return true;
    }

    /** Ends the migration's work at the next safe point. */
    public void requestStop() {
        stopping = true;
        stream.requestStop();
        Backfill running = backfill;
        if (running != null) {
            running.requestStop();
        }
    }

    /** The phase now. */
    public Phase phase() {
        return phase;
    }

    /** The copy, once it has begun in this process. */
    public Optional<Backfill> backfill() {
        return Optional.ofNullable(backfill);
    }

    /** How far the building of late indexes is; empty while nothing is built. */
    public Optional<String> building() {
        return phase == Phase.INDEX ? indexes.progress() : Optional.empty();
    }

    /** What the cutover waits for, before it begins or before the reads move; empty when there is nothing to say. */
    public Optional<String> waitsFor() {
        return phase == Phase.READY ? waitsFor : cutover.waitsFor(phase);
    }

    private void resume() throws SQLException {
        Optional<MigrationRecord.Row> row = record.read();
        phase = row.map(MigrationRecord.Row::phase).orElse(Phase.IDLE);
        Optional<String> halt = row.flatMap(MigrationRecord.Row::halt);
        if (halt.isPresent()) {
            // Before a move takes the halt off the record.
            comparison.forget("the migration halted: " + halt.get());
        }
        Optional<Step> step = phase == Phase.VERIFY || phase == Phase.READY
                ? Step.to(Phase.CATCH_UP, "resumed: parity is proven again by this process")
                : cutover.resumed(phase);
        if (step.isPresent()) {
            move(step.get().phase(), step.get().detail());
        }
        log.info("in phase {}", phase);
    }

    private Optional<Step> waitForStart() {
        while (!start.isWanted()) {
            if (isStopping()) {
                return Optional.empty();
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        return Step.to(Phase.PREPARE, "started");
    }

    private Optional<Step> prepare() throws SQLException {
        comparison.forget("the migration begins");
        start.prepare();
        return Step.to(Phase.BACKFILL, "the stream starts at " + start.stored().position());
    }

    private Optional<Step> copy() throws SQLException, InterruptedException {
        Backfill copy = backfills.apply(stream.windows());
        backfill = copy;
        if (stopping) {
            copy.requestStop();
        }
        if (!copy.run()) {
            return Optional.empty();
        }
        return Step.to(
                indexes.areStored() ? Phase.INDEX : Phase.CATCH_UP,
                "copied " + copy.progress().rows() + " rows in this process");
    }

    private Optional<Step> buildIndexes() throws SQLException, InterruptedException {
        return indexes.build(this::isStopping).flatMap(detail -> Step.to(Phase.CATCH_UP, detail));
    }

    private Optional<Step> catchUp() throws SQLException, InterruptedException {
        Optional<Position> end = stream.drain(this::isStopping);
        if (end.isEmpty()
                || !repairs.run(() -> comparison.forget("rows are repaired"), this::isStopping)
                || !passes.run(() -> comparison.forget("rows in quarantine are tried again"), this::isStopping)) {
            return Optional.empty();
        }
        return Step.to(Phase.VERIFY, "the stream is applied past " + end.get());
    }

    private Optional<Step> verify() throws SQLException, InterruptedException {
        comparison.watch();
        Optional<Position> end = stream.drain(this::isStopping);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        if (!comparison.holds(end.get().serverUuid())) {
            return Step.to(Phase.CATCH_UP, "what was proven before the restart does not hold; every row is compared");
        }
        Optional<String> proof = comparison.prove(start.stored(), end.get(), this::isStopping);
        provenOn = end.get().serverUuid();
        return stream.isOn(provenOn) ? proof.flatMap(detail -> Step.to(Phase.READY, detail)) : proveAgain();
    }

    /** A chunk, or a row read again, may hold traces of what the new server never had; only a comparison with it finds them. */
    private Optional<Step> proveAgain() throws SQLException {
        comparison.forget("another server has taken the source's place");
        return Step.to(Phase.CATCH_UP, "another server has taken the source's place; parity is proven with it");
    }

    private Optional<Step> waitAtGate() throws SQLException, InterruptedException {
        comparison.end();
        try {
            return lookAtGate();
        } finally {
            rounds.end();
        }
    }

    private Optional<Step> lookAtGate() throws SQLException, InterruptedException {
        for (long looks = 1; !isStopping(); looks++) {
            if (looks % LOOKS_AT_REPAIRS == 0 && repairs.areAsked()) {
                return Step.to(
                        Phase.CATCH_UP, "somebody asked for rows to be repaired; parity is proven again afterwards");
            }
            Optional<String> closed = closed();
            waitsFor = closed;
            boolean rehearses = closed.isPresent() && cutover.rehearses();
            if (!stream.isOn(provenOn) || ((closed.isEmpty() || rehearses) && !stream.pin(provenOn))) {
                return proveAgain();
            }
            if (closed.isPresent() && !rehearses) {
                rounds.start();
            } else {
                rounds.stop();
            }
            rounds.requireNone(stream.position().orElseThrow());
            if (closed.isEmpty() || rehearses) {
                return Step.to(first(), rehearses ? "a rehearsal" : "all gates hold");
            }
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        return Optional.empty();
    }

    private Phase first() {
        return start.movesWrites() ? Phase.DRAIN : cutover.first();
    }

    private Optional<String> closed() {
        return gate.closed().or(throttle::hold).or(cutover::closed);
    }

    private Optional<Step> drain() throws SQLException, InterruptedException {
        return repairs.run(() -> {}, this::isStopping) ? cutover.run(Phase.DRAIN, this::isStopping) : Optional.empty();
    }

    private boolean isStopping() {
        alarm.check();
        return stopping;
    }

    /** Durable first, then visible, then told. */
    private void move(Phase to, String detail) throws SQLException {
        CrashPoint.before(to).reached();
        record.move(ownership, phase, to, detail);
        CrashPoint.after(to).reached();
        log.info("{} -> {}: {}", phase, to, detail);
        phase = to;
    }
}
