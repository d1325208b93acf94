package dev.stretto.outbox;

/**
 * The positions given in a channel so far.
 *
 * @param last the highest; 0 if none
 * @param highestId the highest id among the messages that have one; 0 if none is known
 * @param late how many messages were given theirs although a higher id had its own before: their
 *     transactions were committed later than those of rows that were inserted after them
 */
public record Positions(long last, long highestId, long late) {

  /** With the next one given to the message of that id. */
  public Positions give(long id) {
    return id < highestId
        ? new Positions(last + 1, highestId, late + 1)
        : new Positions(last + 1, id, late);
  }
}
