/**
 * Stretto: the messages of an outbox table, sent so that calls start in strict order and overlap.
 *
 * <p>The map of the packages, from the top down: each may use those behind its arrow, and no
 * others.
 *
 * <pre>
 * cli                      ──► cli.config, cli.dispatch, cli.demo, cli.hand, cli.help,
 *                              cli.metrics, cli.parked, cli.start, cli.output, batch, report, append, settings,
 *                              outbox.admin, outbox, database, lease, transport
 * cli.config               ──► cli.start.configuration, cli.start, cli.output, settings, dispatch,
 *                              transport
 * cli.demo                 ──► cli.dispatch, cli.start, cli.output, batch, run, append,
 *                              settings, dispatch
 * cli.dispatch             ──► cli.metrics, cli.supervise, cli.start, cli.output, batch, run, follow, report,
 *                              settings, outbox, database.schema, database, dispatch, transport
 * cli.hand                 ──► cli.start, cli.output, report, settings, outbox.admin, database,
 *                              lease
 * cli.help                 ──► cli.start, cli.output
 * cli.metrics              ──► cli.start, cli.output, batch, report, settings, outbox.admin,
 *                              outbox, metrics.scrape, dispatch, transport
 * cli.parked               ──► cli.start, cli.output, settings, outbox.admin, message
 * cli.supervise            ──► transport
 * cli.start                ──► cli.start.configuration, cli.output, batch, report, append,
 *                              settings, metrics.otlp, metrics.scrape, metrics, outbox.admin,
 *                              outbox, database.schema, database,
 *                              transport.broker, transport.exec, transport.http,
 *                              transport.java, transport
 * cli.start.configuration  ──► settings, transport
 * cli.output               ──► nothing
 *
 * boot                     ──► batch, append, settings, metrics, database.schema,
 *                              transport.broker, transport.exec, transport.http, transport.java,
 *                              transport
 *
 * batch                    ──► batch.step, run, follow, ledger, settings, metrics, dispatch,
 *                              outbox, lease, database.schema, database, transport
 * batch.step               ──► run, dispatch, lease, message
 * run                      ──► follow, ledger, settings, metrics, dispatch, outbox, lease,
 *                              database, transport, message
 * follow                   ──► ledger, dispatch, outbox, database
 * metrics.otlp             ──► transport
 * metrics.scrape           ──► nothing
 * metrics                  ──► dispatch, transport
 * ledger                   ──► alert, dispatch, outbox, lease, database, message
 * settings                 ──► dispatch, transport
 * dispatch                 ──► transport, message
 *
 * transport.amqp           ──► transport, message
 * transport.broker         ──► transport
 * transport.exec           ──► transport, message
 * transport.http           ──► transport.http.answer, transport.http.credentials,
 *                              transport.http.hosts, transport.http.json,
 *                              transport.http.request, transport, message
 * transport.http.answer    ──► transport.http.json, transport
 * transport.http.credentials ──► transport, message
 * transport.http.hosts     ──► transport
 * transport.http.request   ──► transport.http.json, transport, message
 * transport.http.json      ──► transport
 * transport.java           ──► transport, message
 * transport.kafka          ──► transport, message
 * transport                ──► message
 *
 * report                   ──► outbox.admin, outbox, lease, message
 * outbox.admin             ──► outbox, database, message
 * alert                    ──► append
 * append                   ──► database
 * outbox                   ──► database, message
 * database.schema          ──► database
 * database                 ──► nothing
 * lease                    ──► nothing
 * message                  ──► nothing
 * </pre>
 *
 * The test {@code ArchitectureTest} reads this map, and holds the code to every arrow of it.
 */
@NullMarked
package dev.stretto;

import org.jspecify.annotations.NullMarked;
