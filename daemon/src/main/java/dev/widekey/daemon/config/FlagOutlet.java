package dev.widekey.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the application looks for its two flags. Immutable; printing it shows no secret. */
public sealed interface FlagOutlet {

    /** The daemon's own table on the target. */
    record Mysql() implements FlagOutlet {}

    /** A JSON file of flagd. */
    record Flagd(Path file) implements FlagOutlet {}

    /**
     * A settings file of Open edX.
     *
     * @param place where in it
     */
    record Features(Path file, Place place) implements FlagOutlet {}

    /** Where in a settings file the flags are. */
    enum Place {
        /** In the mapping {@code FEATURES}. */
        FEATURES,
        /** Beside it. */
        TOP_LEVEL
    }

    /**
     * A table of django-waffle.
     *
     * @param schema the application's
     * @param model whether it holds switches or flags
     * @param mode how flags are changed
     * @param command how {@code manage.py} is started; empty with {@link WaffleMode#SQL}
     * @param timeout of the command
     * @param cacheTime how long caches may hold an old value; with {@link WaffleMode#SQL} alone
     */
    record Waffle(
            String host,
            int port,
            String user,
            Secret password,
            Tls tls,
            Optional<Path> truststore,
            String schema,
            String table,
            WaffleModel model,
            WaffleMode mode,
            List<String> command,
            Duration timeout,
            Duration cacheTime)
            implements FlagOutlet {

        /** Keeps its own copy. */
        public Waffle {
            command = List.copyOf(command);
        }
    }

    /** The model of django-waffle. */
    enum WaffleModel {
        /** {@code waffle_switch}. */
        SWITCH,
        /** {@code waffle_flag}. */
        FLAG
    }

    /** How a flag of django-waffle is changed. */
    enum WaffleMode {
        /** By waffle's own management command. */
        COMMAND,
        /** In the table. */
        SQL
    }

    /**
     * A service by HTTP.
     *
     * @param url its address; with {@link Service#TEMPLATE} in {@link #write} and {@link #read} instead
     * @param project with {@link Service#UNLEASH} and {@link Service#LAUNCHDARKLY}
     * @param environment with the same
     * @param token what authorises the requests; <code>{token}</code> in a header's template
     * @param sdkKey with {@link Service#CONFIGCAT}
     */
    record Http(
            Service service,
            String url,
            String project,
            String environment,
            Secret token,
            Secret sdkKey,
            Duration timeout,
            Map<String, String> headers,
            Optional<Call> write,
            Optional<Call> read,
            String pointer)
            implements FlagOutlet {

        /** Keeps its own copy. */
        public Http {
            headers = Map.copyOf(headers);
        }
    }

    /** Whose requests are sent. */
    enum Service {
        /** Those of the configuration. */
        TEMPLATE,
        UNLEASH,
        LAUNCHDARKLY,
        CONFIGCAT
    }

    /**
     * One request of a {@link Service#TEMPLATE}.
     *
     * @param success the statuses that mean that it was done
     */
    record Call(String method, String url, String body, Set<Integer> success) {

        /** Keeps its own copy. */
        public Call {
            success = Set.copyOf(success);
        }
    }

    /** A person. */
    record Manual() implements FlagOutlet {}
}
