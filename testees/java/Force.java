// Force DIR [TIMES]: maps DIR/a.bin and DIR/b.bin and forces each TIMES (2) times, in turn: `a.bin force 1: ok` or
// `a.bin force 1: java.io.UncheckedIOException: java.io.IOException: No anode (msync with parameter MS_SYNC failed)`.

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

public final class Force {
    private static final int LENGTH = 65536;

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: Force DIR [TIMES]");
            System.exit(2);
        }
        // A force() that never returns must not keep the program for ever.
        Thread watchdog = new Thread(() -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException ignored) {
                return;
            }
            Runtime.getRuntime().halt(97);
        });
        watchdog.setDaemon(true);
        watchdog.start();

        Path directory = Path.of(arguments[0]);
        int times = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        String[] names = {"a.bin", "b.bin"};
        MappedByteBuffer[] maps = new MappedByteBuffer[names.length];
        for (int i = 0; i < names.length; i++) {
            maps[i] = map(directory.resolve(names[i]));
        }
        for (int time = 1; time <= times; time++) {
            for (int i = 0; i < names.length; i++) {
                maps[i].put(0, (byte) time);
                System.out.println(names[i] + " force " + time + ": " + force(maps[i]));
            }
        }
    }

    // The channel is closed at once: from here on the file is reachable as a mapping only.
    private static MappedByteBuffer map(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        }
    }

    private static String force(MappedByteBuffer map) {
        try {
            map.force();
            return "ok";
        } catch (UncheckedIOException error) {
            return error.toString();
        }
    }
}
