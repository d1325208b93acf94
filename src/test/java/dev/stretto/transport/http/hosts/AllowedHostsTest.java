package dev.stretto.transport.http.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.InvalidSettingException;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

  private static final AllowedHosts NOTHING_SAID = new AllowedHosts(List.of());

  private static @Nullable String judged(AllowedHosts allowed, String... addresses) {
    try {
      allowed.judge("h.example", List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
      return null;
    } catch (ForbiddenHostException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, unspecified",
    "0.1.2.3, unspecified",
    "10.0.0.0, private",
    "10.255.255.255, private",
    "100.64.0.1, shared",
    "100.127.255.255, shared",
    "127.0.0.1, loopback",
    "127.255.255.254, loopback",
    "169.254.169.254, link-local",
    "172.16.0.1, private",
    "172.31.255.255, private",
    "192.0.0.8, protocol",
    "192.0.2.1, documentation",
    "192.88.99.1, 6to4",
    "192.168.0.1, private",
    "198.18.0.1, benchmark",
    "198.19.255.255, benchmark",
    "198.51.100.1, documentation",
    "203.0.113.255, documentation",
    "224.0.0.1, multicast",
    "239.255.255.255, multicast",
    "240.0.0.1, reserved",
    "255.255.255.255, broadcast",
    "::, unspecified",
    "::1, loopback",
    "::ffff:127.0.0.1, loopback",
    "::ffff:a9fe:a9fe, link-local",
    "::127.0.0.1, reserved",
    "::8.8.8.8, reserved",
    "64:ff9b::127.0.0.1, loopback",
    "64:ff9b::a00:1, private",
    "64:ff9b:1::8.8.8.8, reserved",
    "100::1, reserved",
    "2001::1, protocol",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2, protocol",
    "2001:db8::1, documentation",
    "2002:7f00:1::1, 6to4",
    "2002:808:808::1, 6to4",
    "3fff::1, documentation",
    "5f00::1, reserved",
    "fc00::1, private",
    "fd00:ec2::254, private",
    "fe80::1, link-local",
    "febf::1, link-local",
    "fec0::1, private",
    "ff02::1, multicast",
  })
  void anAddressThatIsNotPublicIsRefusedWithItsKind(String address, String kind) {
    assertThat(judged(NOTHING_SAID, address))
        .startsWith("host h.example is at ")
        .contains("(" + kind + ")", "http.allow");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:200::1",
        "2606:4700::1111",
        "2a00::1",
      })
  void aPublicAddressIsCalled(String address) {
    assertThat(judged(NOTHING_SAID, address)).isNull();
  }

  @Test
  void oneForbiddenAddressAmongOthersRefusesTheHost() {
    assertThat(judged(NOTHING_SAID, "8.8.8.8", "10.0.0.1", "9.9.9.9"))
        .isEqualTo(
            "host h.example is at 10.0.0.1, which is no public address (private); http.allow would"
                + " have to open it");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0/16, 10.1.255.255, 10.2.0.0",
    "10.1.2.3, 10.1.2.3, 10.1.2.4",
    "0.0.0.0/0, 127.0.0.1, ::1",
    "127.0.0.0/8, ::ffff:127.0.0.1, ::1",
    "10.0.0.0/8, 64:ff9b::10.0.0.1, 64:ff9b::127.0.0.1",
    "fd00::/9, fd7f::1, fd80::1",
    "[::1], ::1, 127.0.0.1",
    "64:ff9b::/96, 64:ff9b::10.0.0.1, 10.0.0.1",
  })
  void aBlockOpensItsAddressesBesideThePublicOnes(String block, String opened, String not) {
    AllowedHosts allowed = new AllowedHosts(List.of(block));

    assertThat(judged(allowed, opened, "8.8.8.8")).isNull();
    assertThat(judged(allowed, not)).isNotNull();
    assertThat(allowed.namesHosts()).isFalse();
    assertThat(allowed.problem("any.example", 443)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "hooks.example.org, hooks.example.org, a.hooks.example.org",
    "Hooks.Example.org, HOOKS.example.ORG, example.org",
    "*.example.org, a.b.example.org, example.org",
    "*.example.org, a.example.org, aexample.org",
    "*.example.org, a.example.org, a.example.org.evil.example",
    "*.bücher.example, a.xn--bcher-kva.example, bcher.example",
    "example.org:443, example.org, example.org.",
    "*.example.org, a.example.org, 8.8.8.8",
    "*.example.org, a.example.org, [2606:4700::1111]",
  })
  void aNameIsAllThatIsCalledAndOpensNoAddress(String name, String called, String not) {
    AllowedHosts allowed = new AllowedHosts(List.of(name));

    assertThat(allowed.namesHosts()).isTrue();
    assertThat(allowed.problem(called, 443)).isNull();
    assertThat(allowed.problem(not, 443)).isNotNull();
    assertThat(judged(allowed, "10.0.0.1")).isNotNull();
  }

  @Test
  void aNamesPortAndPortsByThemselvesAreAllThatIsCalled() {
    AllowedHosts named = new AllowedHosts(List.of("a.example:8443", "b.example"));
    assertThat(named.problem("a.example", 8443)).isNull();
    assertThat(named.problem("a.example", 443))
        .isEqualTo("a.example:443 is none of the hosts that http.allow names");
    assertThat(named.problem("b.example", 1)).isNull();

    AllowedHosts ports = new AllowedHosts(List.of(":443", ":8443"));
    assertThat(ports.problem("any.example", 8443)).isNull();
    assertThat(ports.problem("any.example", 25))
        .isEqualTo("any.example:25 has none of the ports that http.allow names");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.01",
        "256.0.0.1",
        "1.2.3.4.5",
        "a.0x7f",
        "a.1",
        "[127.0.0.1]",
        "[::1",
        "[1:2]",
        "127.0.0.1.",
        "localhost.",
        ".example",
        "a..example",
        "-a.example",
        "a-.example",
        "a%2e.example",
        "",
        "a\u0000.example",
      })
  void aHostThatNotEveryoneReadsAlikeIsRefused(String host) {
    assertThat(NOTHING_SAID.problem(host, 80)).isNotNull();
    assertThat(HostName.literal(host)).isNull();
  }

  @Test
  void aHostsNameHasItsLongest() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(NOTHING_SAID.problem(longest, 80)).isNull();
    assertThat(NOTHING_SAID.problem(longest + "a", 80)).isNotNull();
    assertThat(NOTHING_SAID.problem("a" + label + ".example", 80)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a.*.example",
        "*example.org",
        "https://example.org",
        "example.org/hook",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0/8",
        "fd00::/129",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/8:443",
        "10.0.0.1:443",
        "example.org:0",
        "example.org:99999",
        ":0",
        "443",
        "a b",
        "a..b",
      })
  void anEntryThatCantBeMeantIsNamed(String entry) {
    assertThatThrownBy(() -> new AllowedHosts(List.of(entry)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("http.allow: '" + entry + "' ");
  }
}
