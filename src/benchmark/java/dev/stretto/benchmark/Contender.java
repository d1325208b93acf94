package dev.stretto.benchmark;

/** Who sends the messages. */
sealed interface Contender {

  /** What the tables say. */
  String label();

  /** The most calls that it has under way. */
  int overlap(int window);

  /** How many orders there are that it has to keep. */
  default int lanes() {
    return 1;
  }

  /** Stretto's HTTP transport and its gate, without a database. */
  record Ceiling() implements Contender {
    @Override
    public String label() {
      return "ceiling";
    }

    @Override
    public int overlap(int window) {
      return window;
    }
  }

  /** Spring Batch that waits for each answer. */
  record OneAtATime() implements Contender {
    @Override
    public String label() {
      return "one at a time";
    }

    @Override
    public int overlap(int window) {
      return 1;
    }
  }

  /**
   * Spring Batch's own asynchronous processor and writer.
   *
   * @param chunk messages in a transaction
   */
  record Stock(int chunk) implements Contender {
    @Override
    public String label() {
      return "stock Spring Batch, chunk " + chunk;
    }

    @Override
    public int overlap(int window) {
      return Math.min(window, chunk);
    }
  }

  /**
   * The built distribution.
   *
   * @param ordering as configured
   * @param keys how many ordering keys the messages have; 0 for none
   */
  record Stretto(String ordering, int keys) implements Contender {
    @Override
    public String label() {
      return "Stretto, " + ordering + (keys == 0 ? "" : ", %,d keys".formatted(keys));
    }

    @Override
    public int overlap(int window) {
      return switch (ordering) {
        case "strict" -> 1;
        case "key" -> Math.min(window, keys);
        default -> window;
      };
    }

    @Override
    public int lanes() {
      return Math.max(1, keys);
    }
  }
}
