/**
 * Stretto: the messages of an outbox table, sent so that calls start in strict order and overlap.
 *
 * <pre>
 * cli ──────► job ──────► ledger ──► dispatch ──► transport ──► outbox
 *  │           ├────────────────────────────────────►  ▲
 *  │           ├────────► ledger ──────────────────────►│
 *  │           ├────────► lease                         │
 *  ├───────────┴────────► database ─────────────────────┤
 *  ├────► report ───────► lease, outbox ────────────────┤
 *  └────────────────────────────────────────────────────┘
 * </pre>
 *
 * Arrows point one way; the test {@code ArchitectureTest} holds the code to this map.
 */
@NullMarked
package dev.stretto;

import org.jspecify.annotations.NullMarked;
