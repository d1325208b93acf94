package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Apart;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.hosts.HostPauses;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The ways to the hosts that messages name, each with connections of its own, for a channel in key
 * order: between messages of other keys there is no order, so that none waits until another has
 * left, whichever host that goes to. What one host does is told as its own ({@link Apart}).
 *
 * <p>A host's connections are kept while it has calls, and then until there are too many: those
 * that were idle for longest are closed first.
 */
final class HostsTransport implements Transport {

  /** How many hosts, and connections, there may be beside a window of them. */
  private static final int SPARE = 128;

  private final int window;
  private final HttpRequests requests;
  private final HostPauses pauses;
  private final BiFunction<HttpAddress, HttpFaults.Elsewhere, HttpTransport> opener;

  /** Those used last at the end; guarded by this. */
  private final Map<String, Host> hosts = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param window the most calls that the channel wants under way
   * @param opener makes the way to a host, which tells what it is given of its troubles
   */
  HostsTransport(
      int window,
      HttpRequests requests,
      HostPauses pauses,
      BiFunction<HttpAddress, HttpFaults.Elsewhere, HttpTransport> opener) {
    this.window = window;
    this.requests = requests;
    this.pauses = pauses;
    this.opener = opener;
  }

  @Override
  public int capacity() {
    return window;
  }

  @Override
  public void start(Call call, Progress progress) {
    HttpRequests.Draft draft = requests.draft(call.message());
    HttpAddress to = draft.address();
    if (to == null) {
      progress.finished(new Rejected(Refused.UNSENDABLE, String.valueOf(draft.problem())));
      return;
    }
    String name = to.origin();
    HostPauses.Paused paused = pauses.paused(name);
    if (paused != null) {
      progress.finished(
          new Apart(name, new RetryLater(Fault.UNAVAILABLE, paused.reason(), paused.rest())));
      return;
    }
    // INVARIANT: this port is used in key order only, where nothing follows that must not overtake.
    progress.handedOver();
    host(name, to).transport.startApart(call, draft, new Told(name, progress));
  }

  /** Only the thread that starts calls comes here: what is idle stays so meanwhile. */
  private synchronized Host host(String name, HttpAddress to) {
    Host host = hosts.get(name);
    if (host == null) {
      makeRoom();
      host = new Host(name, to);
      hosts.put(name, host);
    }
    return host;
  }

  private void makeRoom() {
    int most = window + SPARE;
    int connections = hosts.values().stream().mapToInt(Host::connections).sum();
    Iterator<Host> longestIdle = hosts.values().iterator();
    while (longestIdle.hasNext() && (hosts.size() >= most || connections >= most)) {
      Host host = longestIdle.next();
      if (host.transport.underWay() == 0) {
        connections -= host.connections();
        longestIdle.remove();
        host.transport.close();
      }
    }
  }

  /** How many hosts there are connections to, or were and may be again. */
  synchronized int hosts() {
    return hosts.size();
  }

  @Override
  public synchronized void close() {
    hosts.values().forEach(host -> host.transport.close());
    hosts.clear();
  }

  /** One of the hosts. */
  private final class Host implements HttpFaults.Elsewhere {

    private final String name;
    private final HttpTransport transport;

    Host(String name, HttpAddress to) {
      this.name = name;
      this.transport = opener.apply(to, this);
    }

    int connections() {
      return transport.openConnections();
    }

    @Override
    public boolean goesOn(String reason) {
      pauses.troubled(name, reason);
      return false;
    }

    @Override
    public void unanswered(String reason) {
      pauses.troubled(name, reason);
    }
  }

  /** Tells what became of a call as that of its host. */
  private final class Told implements Progress {

    private final String host;
    private final Progress progress;

    Told(String host, Progress progress) {
      this.host = host;
      this.progress = progress;
    }

    /** Was told before. */
    @Override
    public void handedOver() {}

    @Override
    public void finished(Outcome outcome) {
      Outcome own =
          switch (outcome) {
            case Delivered _ -> answered(outcome);
            case Rejected rejected -> rejected(rejected);
            case RetryLater(Fault fault, _, _) ->
                fault == Fault.FAILED ? answered(outcome) : outcome;
            case Apart _ -> outcome;
          };
      progress.finished(new Apart(host, own));
    }

    /** The address is the message's own, so that whoever refuses the sender refuses the message. */
    private Outcome rejected(Rejected rejected) {
      return switch (rejected.refused()) {
        case MESSAGE, SENDER, CHANNEL -> answered(new Rejected(Refused.MESSAGE, rejected.reason()));
        case CREDENTIALS, UNSENDABLE -> rejected;
      };
    }

    private Outcome answered(Outcome outcome) {
      pauses.answered(host);
      return outcome;
    }
  }
}
