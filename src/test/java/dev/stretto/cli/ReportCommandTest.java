package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

@OnEachDatabase
class ReportCommandTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;

  @BeforeEach
  void setUp() throws SQLException {
    FreshDatabase fresh = vendor.migrated(folder);
    stretto = new CommandLineRun(fresh);
    database = new TestDatabase(fresh);
    database.execute(
        "insert into outbox_run (channel, fence, run, ordering, began_at) values"
            + " ('space', 3, 7, 'START', "
            + vendor.in2026("0")
            + ")");
  }

  @Test
  void drawsWhatABrowserCanAndCountsTheRest() throws Exception {
    delivered(3000);
    database.execute(
        "update outbox_message set status = 'PARKED', queue = 4, last_error ="
            + " '<script>alert(1)</script>', message_id = '\"><img src=x>' where position = 30",
        "update outbox_message set fence = 4 where position between 41 and 45");

    Path file = folder.resolve("run.html");
    Result result = stretto.run("report", "7", "--out", file.toString(), "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("{\"run\":7,\"channel\":\"space\",\"calls\":2995,\"file\":\"");
    Document page = parse(file);
    List<Element> pictures = all(page, "svg");
    assertThat(pictures).hasSize(4);
    assertThat(pictures.getFirst().getElementsByTagName("rect").getLength()).isEqualTo(200);
    assertThat(pictures.get(1).getElementsByTagName("rect").getLength()).isBetween(101, 200);
    String text = page.getDocumentElement().getTextContent();
    assertThat(text)
        .contains(
            "Run 7 on space", "The first 200 of 2,995 calls.", "The whole run: one call in 16")
        .contains("5 more messages were started first in this run")
        .contains("Half of 2,995 calls took 1", "<script>alert(1)</script>", "\"><img src=x>");
    assertThat(all(page, "script")).isEmpty();
    assertThat(all(page, "img")).isEmpty();
    assertThat(all(page, "rect"))
        .allSatisfy(bar -> {
          assertThat(Double.parseDouble(bar.getAttribute("x"))).isBetween(0.0, 1000.0);
          assertThat(Double.parseDouble(bar.getAttribute("width"))).isBetween(0.0, 1000.0);
        });
    assertThat(Files.readString(file)).doesNotContain("http:", "https:", "src=\"", "the payload");
    assertThat(Files.size(file)).isLessThan(300_000);
  }

  @Test
  void aRunWithoutCallsHasAPageToo() throws Exception {
    Path file = folder.resolve("run.html");

    Result result = stretto.run("report", "7", "--out", file.toString());

    assertThat(result.out()).startsWith("wrote " + file + ", with 0 calls of run 7");
    assertThat(parse(file).getDocumentElement().getTextContent())
        .contains("No call of this run is recorded");
  }

  @ParameterizedTest
  @CsvSource({
    "2, report 7, --out",
    "2, report --out x.html, RUN",
    "2, report 7 --out no/such/folder/x.html, --out",
    "2, report 7 --out /, --out",
    "1, report 8 --out FOLDER/x.html, no run 8",
  })
  void namesWhatIsWrong(int code, String command, String named) {
    Result result = stretto.run(command.replace("FOLDER", folder.toString()).split(" "));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(named).hasLineCount(1);
    assertThat(folder.resolve("x.html")).doesNotExist();
  }

  /** The page is XML too. */
  private static Document parse(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static List<Element> all(Document page, String name) {
    NodeList found = page.getElementsByTagName(name);
    return new ArrayList<>(
        IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList());
  }

  private void delivered(int messages) throws SQLException {
    database.execute(
        "insert into outbox_message (channel, message_id, payload, position, status, queue,"
            + " attempts, fence, start_fence, start_number, started_at, settled_at) select 'space',"
            + " concat('m', n), 'the payload', n, 'DELIVERED', 6, 1, 3, 3, n, "
            + vendor.in2026("2 * n")
            + ", "
            + vendor.in2026("2 * n + 100 + mod(n, 7)")
            + " from "
            + vendor.numbers(messages));
  }
}
