package dev.stretto.cli.start.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.YamlProcessor;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** The documents of one file, each value the text that was written, with its place in the file. */
final class YamlDocuments extends YamlProcessor {

  private final Resource resource;

  YamlDocuments(Resource resource, String text) {
    this.resource = resource;
    setResources(new ByteArrayResource(text.getBytes(UTF_8)));
  }

  /**
   * Each document's properties by their full names.
   *
   * @throws InvalidSettingException where a document is no properties by their names
   */
  List<Map<String, Object>> flat() {
    List<Map<String, Object>> documents = new ArrayList<>();
    process((properties, map) -> documents.add(getFlattenedMap(map)));
    return documents;
  }

  @Override
  protected Yaml createYaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    DumperOptions dumped = new DumperOptions();
    return new Yaml(
        new Places(options, resource), new Representer(dumped), dumped, options, new Texts());
  }

  /** Takes nothing for a number, a truth value or a date; only for nothing, or a merge. */
  private static final class Texts extends Resolver {
    @Override
    public void addImplicitResolver(
        @Nullable Tag tag, @Nullable Pattern pattern, @Nullable String first, int limit) {
      if (Tag.NULL.equals(tag) || Tag.MERGE.equals(tag)) {
        super.addImplicitResolver(tag, pattern, first, limit);
      }
    }
  }

  /** Remembers of each value where it stands, and refuses documents that name no properties. */
  private static final class Places extends SafeConstructor {
    private final Resource resource;
    private boolean within;
    private final Set<Node> keys = Collections.newSetFromMap(new IdentityHashMap<>());

    Places(LoaderOptions options, Resource resource) {
      super(options);
      this.resource = resource;
    }

    @Override
    protected void constructMapping2ndStep(MappingNode node, Map<Object, Object> mapping) {
      flattenMapping(node);
      node.getValue().forEach(entry -> keys.add(entry.getKeyNode()));
      super.constructMapping2ndStep(node, mapping);
    }

    /** Is asked for a document first, and then for what is in it. */
    @Override
    protected @Nullable Object constructObject(Node node) {
      if (within) {
        return valueOf(node);
      }
      requireNames(node);
      within = true;
      try {
        return valueOf(node);
      } finally {
        within = false;
      }
    }

    private void requireNames(Node root) {
      boolean empty = root instanceof ScalarNode scalar && scalar.getValue().isEmpty();
      if (!(root instanceof MappingNode) && !empty) {
        throw new InvalidSettingException(
            WrittenYaml.line(resource, root.getStartMark().getLine() + 1),
            "must be properties by their names, such as stretto: { channels: … }, not "
                + (root instanceof ScalarNode ? "a single value" : "a list"));
      }
    }

    private @Nullable Object valueOf(Node node) {
      Object value = super.constructObject(node);
      if (!(node instanceof ScalarNode) || keys.contains(node)) {
        return value;
      }
      return OriginTrackedValue.of(
          value,
          new TextResourceOrigin(
              resource,
              new Location(node.getStartMark().getLine(), node.getStartMark().getColumn())));
    }
  }
}
