package dev.widekey.flags.outlet;

import dev.widekey.flags.outlet.WaffleTable.Model;
import dev.widekey.sandbox.mysql.TestSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code manage.py}: a program that hands its words to this process, which does to the table what waffle's management commands
 * do, and ends as they end.
 */
final class FakeManage implements AutoCloseable {

    private final TestSchema schema;
    private final String table;
    private final Model model;
    private final Path program;
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<List<String>> calls = new ArrayList<>();

    FakeManage(Path folder, TestSchema schema, String table, Model model) throws IOException {
        this.schema = schema;
        this.table = table;
        this.model = model;
        program = Files.writeString(folder.resolve("manage-" + table), """
                #!/bin/bash
                exec 3<>/dev/tcp/127.0.0.1/%d
                printf '%%s\\n' "$@" END >&3
                read -r code said <&3
                echo "Traceback (most recent call last):"
                echo "$said" >&2
                exit "$code"
                """.formatted(socket.getLocalPort()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Thread thread = new Thread(this::serve, "manage");
        thread.setDaemon(true);
        thread.start();
    }

    String program() {
        return program.toString();
    }

    List<List<String>> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    private void serve() {
        while (true) {
            try (Socket client = socket.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
                List<String> words = new ArrayList<>();
                for (String word = in.readLine(); word != null && !word.equals("END"); word = in.readLine()) {
                    words.add(word);
                }
                synchronized (calls) {
                    calls.add(List.copyOf(words));
                }
                client.getOutputStream().write((outcome(words) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private String outcome(List<String> words) {
        String command = model == Model.SWITCH ? "waffle_switch" : "waffle_flag";
        if (words.size() != 5
                || !words.get(0).equals("--settings=test")
                || !words.get(1).equals(command)) {
            return "1 CommandError: unknown command " + words;
        }
        try (Connection connection = schema.connect()) {
            String column = model == Model.SWITCH ? "active" : "everyone";
            String rest = model == Model.SWITCH
                    ? "note, created, modified) VALUES (?, ?, '', NOW(6), NOW(6))"
                    : "testing, superusers, staff, authenticated, languages, rollout, note, created, modified)"
                            + " VALUES (?, ?, 0, 1, 0, 0, '', 0, '', NOW(6), NOW(6))";
            String sql = "INSERT INTO " + table + " (name, " + column + ", " + rest + " ON DUPLICATE KEY UPDATE "
                    + column + " = VALUES(" + column + "), modified = NOW(6)";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, words.get(2));
                statement.setBoolean(2, List.of("on", "--everyone").contains(words.get(3)));
                statement.executeUpdate();
            }
            return "0 done";
        } catch (SQLException e) {
            return "1 OperationalError: " + e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
