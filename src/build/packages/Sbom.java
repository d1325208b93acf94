package packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the packages are made of: the jars, which Maven has listed, and the Java runtime. */
final class Sbom {

  private Sbom() {}

  static void write(Path jars, Path home, Path to) throws IOException {
    Properties release = new Properties();
    try (var in = Files.newBufferedReader(home.resolve("runtime/release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION").replace("\"", "");
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode bom = (ObjectNode) mapper.readTree(jars);
    ObjectNode runtime = ((ArrayNode) bom.get("components")).addObject();
    runtime.put("type", "platform");
    runtime.put("bom-ref", "pkg:generic/openjdk@" + version);
    runtime.put("name", "openjdk");
    runtime.put("version", version);
    runtime
        .putArray("licenses")
        .addObject()
        .put("expression", "GPL-2.0-only WITH Classpath-exception-2.0");
    runtime.put("purl", "pkg:generic/openjdk@" + version);
    mapper.writeValue(to, bom);
  }
}
