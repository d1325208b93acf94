package dev.stretto.transport.http;

import dev.stretto.transport.http.hosts.AllowedHosts;
import dev.stretto.transport.http.hosts.ForbiddenHostException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Finds the addresses of hosts, and refuses those that a message must not name.
 *
 * <p>INVARIANT: Jetty connects to the very addresses that are returned here, for each connection
 * anew, so that what is judged is what is called, whatever the name's addresses are a moment later.
 */
final class JudgedAddresses implements SocketAddressResolver {

  /**
   * A name that nobody answers for keeps a thread for as long as the system asks for it: one of its
   * own, or answers from other hosts would wait. There are no more than calls under way.
   */
  static final Executor THREADS =
      task -> Thread.ofPlatform().daemon().name("http-names").start(task);

  private final SocketAddressResolver ofSettings;
  private final SocketAddressResolver ofMessages;

  /**
   * @param ofSettings finds the addresses of hosts that the configuration names
   * @param ofMessages finds those of hosts that messages name
   */
  JudgedAddresses(SocketAddressResolver ofSettings, SocketAddressResolver ofMessages) {
    this.ofSettings = ofSettings;
    this.ofMessages = ofMessages;
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> addresses) {
    AllowedHosts allowed =
        context.get(Destination.CONTEXT_KEY) instanceof Destination destination
                && destination.getOrigin().getTag() instanceof HttpConnections connections
            ? connections.allowed()
            : null;
    if (allowed == null) {
      ofSettings.resolve(host, port, context, addresses);
    } else {
      ofMessages.resolve(host, port, context, new Judged(allowed, host, addresses));
    }
  }

  private static final class Judged extends Promise.Wrapper<List<InetSocketAddress>> {

    private final AllowedHosts allowed;
    private final String host;

    Judged(AllowedHosts allowed, String host, Promise<List<InetSocketAddress>> addresses) {
      super(addresses);
      this.allowed = allowed;
      this.host = host;
    }

    @Override
    public void succeeded(List<InetSocketAddress> found) {
      List<InetAddress> addresses = found.stream().map(InetSocketAddress::getAddress).toList();
      try {
        allowed.judge(host, addresses);
      } catch (ForbiddenHostException e) {
        failed(e);
        return;
      }
      super.succeeded(found);
    }
  }
}
