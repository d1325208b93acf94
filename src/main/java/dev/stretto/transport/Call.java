package dev.stretto.transport;

import dev.stretto.message.Message;

/**
 * One attempt to send one message.
 *
 * @param message what to send
 * @param attempt which attempt this is, from 1, those of earlier runs included
 * @param fence the fencing token of the run that sends; it rises with every change of sender
 */
public record Call(Message message, int attempt, long fence) {}
