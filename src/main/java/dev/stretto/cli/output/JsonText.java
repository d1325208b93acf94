package dev.stretto.cli.output;

import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** JSON for standard output, without the start-up cost of mapping by reflection. */
public final class JsonText {

  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /** Writes the members of a document's root object. */
  @FunctionalInterface
  public interface Content {
    void writeTo(JsonGenerator json);
  }

  /** One object, on one line. */
  public static String of(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      content.writeTo(json);
      json.writeEndObject();
    }
    return text.toString();
  }
}
