package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.message.Message;
import dev.stretto.outbox.MessageTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@OnEachDatabase
class GivenPositionsTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void eachRowIsGivenThePositionThatIsMeantForIt() {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(5);
      fixture.jdbc.update("delete from outbox_message");
      fixture.append(4);
      MessageTable messages = new MessageTable(fixture.jdbc);
      List<Message> found = messages.unpositioned(JobFixture.CHANNEL, 0, 10);
      List<Message> turned = new ArrayList<>();
      for (Message message : found) {
        turned.add(message.at(100 - message.id()));
      }

      messages.place(turned, false);

      assertThat(messages.positionedIds(JobFixture.CHANNEL, 10))
          .isEqualTo(found.reversed().stream().map(Message::id).toList());
      assertThat(messages.positioned(JobFixture.CHANNEL, 0, 10))
          .containsExactlyInAnyOrderElementsOf(turned);
    }
  }
}
