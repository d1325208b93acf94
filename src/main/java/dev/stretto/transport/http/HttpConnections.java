package dev.stretto.transport.http;

import dev.stretto.transport.http.hosts.AllowedHosts;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.MultiplexConnectionPool;
import org.eclipse.jetty.client.transport.internal.HttpConnectionOverHTTP;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/** A channel's connections, and its share in a client, which is asked for when first needed. */
final class HttpConnections implements AutoCloseable {

  private final HttpClients clients;
  private final HttpSettings settings;
  private final int window;
  private final CallsUnderWay calls;
  private final int connectionLimit;
  private final HttpTls tls;
  private final @Nullable AllowedHosts allowed;

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicReference<@Nullable HttpLink> link = new AtomicReference<>();
  private volatile boolean spokeHttp2;

  private @Nullable HttpClient client;
  private volatile boolean closed;

  /**
   * @param allowed what of a message's host may be called; null for one that the settings name
   */
  HttpConnections(
      HttpClients clients,
      HttpSettings settings,
      int window,
      CallsUnderWay calls,
      HttpTls tls,
      @Nullable AllowedHosts allowed) {
    this.clients = clients;
    this.settings = settings;
    this.window = window;
    this.calls = calls;
    this.connectionLimit = settings.connectionLimit(window);
    this.tls = tls;
    this.allowed = allowed;
  }

  /** The HTTP/2 connection in use, or null where there is none. */
  @Nullable HttpLink link() {
    HttpLink shared = link.get();
    return shared == null || shared.ended() ? null : shared;
  }

  /** What may be called; null for everything. */
  @Nullable AllowedHosts allowed() {
    return allowed;
  }

  /** How many connections there are. */
  int open() {
    return open.get();
  }

  /** Whether there was an HTTP/2 connection. */
  boolean spokeHttp2() {
    return spokeHttp2;
  }

  /**
   * The most calls that may be under way. Where an HTTP/2 connection has ended, none is started
   * while one of its calls may yet be overtaken: neither one that has not arrived for sure, nor one
   * that goes back in line. Then one makes the next connection, beside those that are still
   * answered on the old one.
   */
  int capacity() {
    HttpLink shared = link();
    if (shared != null) {
      int streams = shared.getMaxMultiplex();
      return streams < 0 ? window : Math.max(1, Math.min(window, streams));
    }
    if (spokeHttp2) {
      return calls.mayBeOvertaken() ? 1 : Math.min(window, 1 + calls.count());
    }
    return open.get() > 0 ? Math.min(window, connectionLimit) : 1;
  }

  /**
   * The started client; requests to it must have this as their tag.
   *
   * @throws IllegalStateException after {@link #close}
   * @throws Exception where it can't be started
   */
  synchronized HttpClient client() throws Exception {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (client == null) {
      client = clients.use(settings.client(), tls);
    }
    return client;
  }

  /** Which connections a destination's are. */
  static HttpConnections of(Destination destination) {
    return (HttpConnections) Objects.requireNonNull(destination.getOrigin().getTag());
  }

  ConnectionPool pool(Destination destination) {
    return new Pool(destination);
  }

  /** The destination ends the connection in use. */
  void leaving() {
    calls.endUntaken();
  }

  /** Whether calls end with their connections, rather than being answered on them still. */
  boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    HttpClient used;
    synchronized (this) {
      closed = true;
      used = client;
      client = null;
    }
    if (used != null) {
      for (Destination destination : used.getDestinations()) {
        if (destination.getOrigin().getTag() == this) {
          used.removeDestination(destination);
          LifeCycle.stop(destination);
        }
      }
      clients.release(settings.client());
    }
  }

  /** Notes which connections there are, and makes no second one beside an HTTP/2 connection. */
  private final class Pool extends MultiplexConnectionPool {

    Pool(Destination destination) {
      super(destination, connectionLimit, 1);
    }

    @Override
    protected void tryCreate(boolean create) {
      boolean made = link() != null || (spokeHttp2 && getPendingConnectionCount() > 0);
      if (!made) {
        super.tryCreate(create);
      }
    }

    @Override
    protected @Nullable Connection activate() {
      Connection next = super.activate();
      while (next != null && !usable(next)) {
        remove(next);
        next.close();
        next = super.activate();
      }
      return next;
    }

    /**
     * Passes over connections that the destination has closed while they were idle, as far as that
     * can be seen before the request is written: afterwards nobody knows whether it arrived. And
     * over an HTTP/2 connection that is not the one in use: requests would overtake each other.
     */
    private boolean usable(Connection next) {
      return switch (next) {
        case HttpConnectionOverHTTP idle -> !ended(idle);
        case HttpLink other -> use(other);
        default -> true;
      };
    }

    /**
     * INVARIANT: requests go out on one HTTP/2 connection, which is replaced only once it has
     * ended. The client makes two where one was removed while a request waited for the next.
     *
     * @return whether it is the one
     */
    private boolean use(HttpLink made) {
      HttpLink shared = link.get();
      return shared == made
          || ((shared == null || shared.ended()) && link.compareAndSet(shared, made));
    }

    /** Whether the end was received, or anything else that nobody asked for. */
    private boolean ended(HttpConnectionOverHTTP idle) {
      try {
        return idle.getEndPoint().fill(BufferUtil.allocate(1)) != 0;
      } catch (IOException lost) {
        return true;
      }
    }

    /**
     * INVARIANT: an HTTP/2 connection is not given back more often than it was taken, for the
     * client closes one that is. Each call gives it back, but those that were sent on it without
     * asking the pool have not taken it.
     *
     * @return whether it stays open
     */
    @Override
    public boolean release(Connection connection) {
      if (!(connection instanceof HttpLink)) {
        return super.release(connection);
      }
      synchronized (this) {
        return !isActive(connection) || super.release(connection);
      }
    }

    @Override
    protected void onCreated(Connection connection) {
      open.incrementAndGet();
      if (connection instanceof HttpLink made) {
        use(made);
        spokeHttp2 = true;
      }
    }

    @Override
    protected void onRemoved(Connection connection) {
      open.decrementAndGet();
      // The next one may be made in this very moment.
      if (connection instanceof HttpLink gone) {
        link.compareAndSet(gone, null);
      }
    }
  }
}
