package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.widekey.flags.Outlet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every outlet does. */
abstract class OutletContract {

    /** An outlet in which no flag is set. */
    abstract Outlet emptyOutlet() throws Exception;

    @Test
    void flagThatIsNotSetIsLeftOut() throws Exception {
        Outlet outlet = emptyOutlet();
        assertThat(outlet.read(Set.of("ENABLE_A"))).isEmpty();
        outlet.write("ENABLE_A", true);
        assertThat(outlet.read(Set.of("ENABLE_A", "ENABLE_B"))).isEqualTo(Map.of("ENABLE_A", true));
    }

    @Test
    void valueIsReadAsItWasWritten() throws Exception {
        Outlet outlet = emptyOutlet();
        for (boolean value : new boolean[] {false, true, false, false, true, true}) {
            outlet.write("ENABLE_A", value);
            assertThat(outlet.read(Set.of("ENABLE_A"))).isEqualTo(Map.of("ENABLE_A", value));
        }
    }

    @Test
    void flagsAreIndependent() throws Exception {
        Outlet outlet = emptyOutlet();
        outlet.write("ENABLE_A", true);
        outlet.write("ENABLE_B", false);
        outlet.write("ENABLE_AB", true);
        outlet.write("ENABLE_A", false);
        assertThat(outlet.read(Set.of("ENABLE_A", "ENABLE_B", "ENABLE_AB")))
                .isEqualTo(Map.of("ENABLE_A", false, "ENABLE_B", false, "ENABLE_AB", true));
        assertThat(outlet.read(Set.of("ENABLE_B"))).isEqualTo(Map.of("ENABLE_B", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "on", "null", "12", "csmh.extended-write", "it's/\"odd\"?#&%20{x}\\é🙂:"})
    void everyNameIsTakenAsItIs(String name) throws Exception {
        Outlet outlet = emptyOutlet();
        outlet.write(name, true);
        outlet.write("ENABLE_B", true);
        outlet.write(name, false);
        assertThat(outlet.read(Set.of(name, "ENABLE_B"))).isEqualTo(Map.of(name, false, "ENABLE_B", true));
    }

    @Test
    void checkChangesNothing() throws Exception {
        Outlet outlet = emptyOutlet();
        outlet.write("ENABLE_A", true);
        outlet.check(Set.of("ENABLE_A", "ENABLE_B"));
        assertThat(outlet.read(Set.of("ENABLE_A", "ENABLE_B"))).isEqualTo(Map.of("ENABLE_A", true));
    }

    @Test
    void anotherProcessSeesWhatWasWritten() throws Exception {
        Outlet outlet = emptyOutlet();
        outlet.write("ENABLE_A", true);
        assertThat(again(outlet).read(Set.of("ENABLE_A"))).isEqualTo(Map.of("ENABLE_A", true));
    }

    /** The same place as another process opens it. */
    abstract Outlet again(Outlet outlet) throws Exception;
}
