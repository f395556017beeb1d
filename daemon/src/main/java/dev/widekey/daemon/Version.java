package dev.widekey.daemon;

import picocli.CommandLine.IVersionProvider;

/** The version from the artefact's manifest. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {"widekey " + (version == null ? "development" : version)};
    }
}
