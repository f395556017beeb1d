package dev.widekey.flags.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EventDetails;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderState;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.GeneralError;
import dev.widekey.flags.FlagName;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlagProviderTest {

    private static final Duration PATIENCE = Duration.ofHours(2);

    private final LoneInstance world = new LoneInstance();
    private final FlagProvider provider =
            new FlagProvider(world.reader, Duration.ofHours(1), PATIENCE, world.nanos::get);
    private final String domain = UUID.randomUUID().toString();
    private final Client client = OpenFeatureAPI.getInstance().getClient(domain);
    private final Queue<String> events = new ConcurrentLinkedQueue<>();

    private void set() {
        OpenFeatureAPI.getInstance().setProviderAndWait(domain, provider);
    }

    private void listen() {
        client.onProviderReady(details -> events.add("READY"));
        client.onProviderStale(details -> events.add("STALE"));
        client.onProviderError(details -> events.add("ERROR"));
        client.onProviderConfigurationChanged(this::changed);
    }

    private void changed(EventDetails details) {
        events.add("CHANGED " + details.getFlagsChanged());
    }

    private void awaitEvents(String... expected) {
        Awaitility.await().untilAsserted(() -> assertThat(events).containsExactly(expected));
    }

    @AfterEach
    void end() {
        provider.shutdown();
    }

    @Test
    void theTwoFlagsAreEvaluated() {
        set();
        assertThat(client.getBooleanValue("w", true)).isFalse();
        assertThat(client.getBooleanValue("r", false)).isTrue();
        world.moveWrites();
        assertThat(client.getBooleanValue("w", true)).as("until the next look").isFalse();
        provider.look();
        FlagEvaluationDetails<Boolean> details = client.getBooleanDetails("w", false);
        assertThat(details.getValue()).isTrue();
        assertThat(details.getReason()).isEqualTo("CACHED");
        assertThat(details.getVariant()).isEqualTo("on");
        assertThat(details.getFlagMetadata().getLong("version")).isEqualTo(2);
    }

    @Test
    void aFlagThatWasNeverWrittenHasTheApplicationsDefault() {
        LoneInstance empty = new LoneInstance();
        FlagReader reader = new FlagReader(empty.store, FlagName.of("other w", true), FlagName.of("other r", false));
        FlagProvider other = new FlagProvider(reader, Duration.ofHours(1), PATIENCE, empty.nanos::get);
        OpenFeatureAPI.getInstance().setProviderAndWait(domain, other);
        FlagEvaluationDetails<Boolean> details = client.getBooleanDetails("other r", false);
        assertThat(details.getValue()).isTrue();
        assertThat(details.getReason()).isEqualTo("DEFAULT");
        assertThat(details.getErrorCode()).isNull();
        other.shutdown();
    }

    @Test
    void anotherTypeIsAMismatch() {
        set();
        assertThat(client.getStringDetails("w", "x").getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getIntegerDetails("w", 7).getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getDoubleDetails("w", 7.0).getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getObjectDetails("w", new Value()).getErrorCode()).isEqualTo(ErrorCode.TYPE_MISMATCH);
        assertThat(client.getStringValue("w", "x")).isEqualTo("x");
    }

    @Test
    void anotherFlagIsNotFoundWhateverItsType() {
        set();
        assertThat(client.getBooleanDetails("widekey.pause", true).getErrorCode())
                .isEqualTo(ErrorCode.FLAG_NOT_FOUND);
        assertThat(client.getStringDetails("W", "x").getErrorCode()).isEqualTo(ErrorCode.FLAG_NOT_FOUND);
    }

    @Test
    void aFlipIsAnEventThatNamesItsFlag() {
        set();
        listen();
        awaitEvents("READY");
        world.moveWrites();
        provider.look();
        awaitEvents("READY", "CHANGED [w]");
        provider.look();
        world.moveReads();
        provider.look();
        awaitEvents("READY", "CHANGED [w]", "CHANGED [r]");
    }

    @Test
    void valuesThatCannotBeConfirmedAreStaleAndThenNone() {
        set();
        listen();
        world.cut();
        provider.look();
        provider.look();
        awaitEvents("READY", "STALE");
        assertThat(client.getBooleanDetails("r", false).getReason()).isEqualTo("STALE");
        assertThat(client.getBooleanValue("r", false)).isTrue();
        world.pass(PATIENCE.plusNanos(1));
        FlagEvaluationDetails<Boolean> details = client.getBooleanDetails("r", false);
        assertThat(details.getErrorCode()).isEqualTo(ErrorCode.GENERAL);
        assertThat(details.getValue()).as("the caller's default").isFalse();
        provider.look();
        awaitEvents("READY", "STALE", "ERROR");
        assertThat(client.getProviderState()).isEqualTo(ProviderState.ERROR);
        world.mend();
        world.moveWrites();
        provider.look();
        Awaitility.await()
                .untilAsserted(() -> assertThat(events)
                        .containsExactlyInAnyOrder("READY", "STALE", "ERROR", "READY", "CHANGED [w]"));
        assertThat(client.getProviderState()).isEqualTo(ProviderState.READY);
        assertThat(client.getBooleanValue("w", false)).isTrue();
    }

    @Test
    void aProviderThatBeginsWithoutItsStoreIsReadyOnceThatAnswers() {
        world.cut();
        assertThatThrownBy(this::set).isInstanceOf(GeneralError.class);
        assertThat(client.getProviderState()).isEqualTo(ProviderState.ERROR);
        assertThat(client.getBooleanDetails("r", false).getErrorCode()).isEqualTo(ErrorCode.PROVIDER_NOT_READY);
        world.mend();
        provider.look();
        Awaitility.await().until(() -> client.getProviderState() == ProviderState.READY);
        assertThat(client.getBooleanValue("r", false)).isTrue();
    }
}
