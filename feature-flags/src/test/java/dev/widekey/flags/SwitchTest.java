package dev.widekey.flags;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SwitchTest {

    private final InMemoryFlagStore store = new InMemoryFlagStore();

    @Test
    void untouchedSwitchIsWhereTheCallerSays() {
        assertThat(new Switch(store, Switch.PAUSE, false).isOn()).isFalse();
        assertThat(new Switch(store, Switch.START, true).isOn()).isTrue();
        assertThat(store.history()).isEmpty();
    }

    @Test
    void turnedSwitchStays() {
        Switch pause = new Switch(store, Switch.PAUSE, false);
        pause.turnOn("operator", "night shift");
        assertThat(pause.isOn()).isTrue();
        pause.turnOff("operator", "morning");
        assertThat(pause.isOn()).isFalse();
        assertThat(store.history()).extracting(Flag::enabled).containsExactly(true, false);
    }

    @Test
    void turningTwiceWritesOnce() {
        Switch pause = new Switch(store, Switch.PAUSE, false);
        pause.turnOn("operator", "a");
        pause.turnOn("operator", "b");
        assertThat(store.history()).hasSize(1);
    }
}
