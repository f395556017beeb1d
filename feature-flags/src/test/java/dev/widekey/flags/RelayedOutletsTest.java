package dev.widekey.flags;

import dev.widekey.flags.outlet.FeaturesFile;
import dev.widekey.flags.outlet.FlagApi;
import dev.widekey.flags.outlet.FlagdFile;
import dev.widekey.flags.outlet.TestOutlets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What every store does, with the flags in each of the places that need no server of their own. */
class RelayedOutletsTest {

    private static FlagStore relayed(FlagStore journal, Outlet outlet) {
        return relayed(journal, outlet, RelayedFlagStoreTest.NAMES);
    }

    private static FlagStore relayed(FlagStore journal, Outlet outlet, List<FlagName> names) {
        return new RelayedFlagStore(journal, () -> {}, outlet, names, Duration.ZERO, System::nanoTime);
    }

    /** Each store has a file of its own. */
    private abstract static class InFiles extends FlagStoreContract {
        private final AtomicInteger files = new AtomicInteger();

        @TempDir
        private Path folder;

        Path file(String end, String text) throws IOException {
            return Files.writeString(folder.resolve(files.incrementAndGet() + end), text);
        }
    }

    @Nested
    class Flagd extends InFiles {
        @Override
        FlagStore emptyStore() throws IOException {
            return relayed(new InMemoryFlagStore(), new FlagdFile(file(".json", "{\"flags\": {}}")));
        }
    }

    @Nested
    class FeaturesInYaml extends InFiles {
        @Override
        FlagStore emptyStore() throws IOException {
            Path file = file(".yml", "FEATURES:\n  OTHER: true\n");
            return relayed(new InMemoryFlagStore(), new FeaturesFile(file, FeaturesFile.Place.FEATURES));
        }
    }

    @Nested
    class SettingsInJson extends InFiles {
        @Override
        FlagStore emptyStore() throws IOException {
            return relayed(
                    new InMemoryFlagStore(),
                    new FeaturesFile(file(".json", "{\"OTHER\": 1}"), FeaturesFile.Place.TOP_LEVEL));
        }
    }

    @Nested
    class Person extends FlagStoreContract {
        @Override
        FlagStore emptyStore() {
            return relayed(new InMemoryFlagStore(), TestOutlets.obedientPerson(new InMemoryFlagStore()));
        }

        /** While a person is asked, nobody else knows the value. */
        @Override
        boolean isDefeat(FlagException failure) {
            return failure instanceof FlagStoreException || super.isDefeat(failure);
        }
    }

    @Nested
    class Http extends FlagStoreContract {
        private FlagApi api;
        private final AtomicInteger stores = new AtomicInteger();

        @BeforeEach
        void startServer() throws IOException {
            api = new FlagApi();
        }

        @AfterEach
        void stopServer() {
            api.close();
        }

        @Override
        FlagStore emptyStore() {
            // Each further name is two more requests at every look.
            List<FlagName> names = RelayedFlagStoreTest.NAMES.stream()
                    .filter(name -> !name.name().equalsIgnoreCase("flag"))
                    .toList();
            return relayed(new InMemoryFlagStore(), TestOutlets.templated(api, stores.incrementAndGet() + "-"), names);
        }
    }
}
