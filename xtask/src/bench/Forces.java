// Forces FILE: maps FILE, and 20 000 times puts a byte and forces it. Times that by itself, and prints `NS OPERATIONS
// ERRORS`, as workload.c does: nanoseconds per force(), how many there were, and how many failed.
//
// Nothing is warmed up: the beginning of a program, when part of it is still interpreted, is what tests run. Compiled in
// full, a force() on memory is hardly more than its system call.

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

public final class Forces {
    private static final int LENGTH = 65536;
    private static final int TIMES = 20_000;

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[0]);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
            int failed = 0;
            long begin = System.nanoTime();
            for (int i = 0; i < TIMES; i++) {
                map.put(0, (byte) i);
                try {
                    map.force();
                } catch (UncheckedIOException error) {
                    failed++;
                }
            }
            long time = System.nanoTime() - begin;
            System.out.println((double) time / TIMES + " " + TIMES + " " + failed);
        }
    }
}
