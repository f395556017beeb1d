package dev.widekey.daemon.config;

/**
 * One thing that is wrong with the configuration file. Immutable; never contains a password.
 *
 * @param file the file as it was named
 * @param line from 1
 * @param column from 1
 * @param key the whole key, {@code source.port}; empty when the file as a whole is meant
 * @param what what is wrong, as the rest of a sentence that begins with the key
 * @param got what the file says
 * @param allowed what it may say
 */
public record Problem(String file, int line, int column, String key, String what, String got, String allowed) {

    /** The problem on one line. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + " " + (key.isEmpty() ? "the file" : key) + ": " + what + "; got "
                + got + "; allowed " + allowed;
    }
}
