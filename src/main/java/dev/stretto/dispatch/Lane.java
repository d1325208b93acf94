package dev.stretto.dispatch;

import java.util.ArrayDeque;

/**
 * The messages that must be settled one after the other: those of one key, or all of a strict
 * channel.
 */
final class Lane {

  /** Those behind the head, in order. */
  final ArrayDeque<Task> behind = new ArrayDeque<>();

  /** Whether a message of the lane is at its head: claimable, or claimed and not yet recorded. */
  boolean busy;

  /** Whether what is offered is held back: a message of the key was set aside. */
  boolean blocked;
}
