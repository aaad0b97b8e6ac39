// NullPointers [TIMES]: reads through null TIMES (10 000) times in a loop that is compiled: from then on there is no test for null but the SIGSEGV of the read,
// which the machine handles itself: `caught: 10000, sum: 20000`.

public final class NullPointers {
    private int value = 2;

    private static int read(NullPointers from) {
        return from.value;
    }

    public static void main(String[] arguments) {
        int times = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        NullPointers some = new NullPointers();
        // Compiled while no null was seen: the test is left out.
        long warm = 0;
        for (int i = 0; i < 200_000; i++) {
            warm += read(some);
        }
        if (warm != 400_000) {
            throw new AssertionError(warm);
        }
        int caught = 0;
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum += read(some);
            try {
                read(null);
            } catch (NullPointerException expected) {
                caught++;
            }
        }
        System.out.println("caught: " + caught + ", sum: " + sum);
    }
}
