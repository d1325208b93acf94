package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application of Spring Boot's that has Stretto's jar, and has not asked it for anything. */
class PlainApplicationIT {

  private static final String APPLICATION =
      """
      package org.example;

      import java.util.Arrays;
      import org.springframework.boot.SpringApplication;
      import org.springframework.boot.autoconfigure.SpringBootApplication;
      import org.springframework.context.ApplicationContext;
      import org.springframework.jdbc.core.simple.JdbcClient;

      @SpringBootApplication
      public class Shop {
        public static void main(String[] args) {
          ApplicationContext context = SpringApplication.run(Shop.class, args);
          JdbcClient jdbc = context.getBean(JdbcClient.class);
          System.out.println("beans=" + Arrays.stream(context.getBeanDefinitionNames())
              .filter(name -> String.valueOf(context.getType(name)).contains("stretto"))
              .toList());
          System.out.println("schemas=" + jdbc.sql(
              "select schema_name from information_schema.schemata order by 1")
              .query(String.class).list());
          System.out.println("history=" + jdbc.sql(
              "select \\"script\\" from \\"flyway_schema_history\\" where \\"type\\" = 'SQL'").query(String.class).list());
          System.out.println("on=" + context.getEnvironment().getProperty("shop.on"));
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void isLeftAsItIs() throws Exception {
    Path classes = folder.resolve("classes");
    write("classes/db/migration/V1__orders.sql", "create table orders (id bigint primary key);");
    write(
        "classes/application.yaml",
        "{ spring.datasource.url: 'jdbc:h2:mem:shop', shop.on: on, spring.main.banner-mode: 'off'"
            + " }");
    write("Shop.java", APPLICATION);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-cp",
                    jars(),
                    "-d",
                    classes.toString(),
                    folder.resolve("Shop.java").toString()))
        .isZero();
    Path work = Files.createDirectories(folder.resolve("work"));

    String output = run(work, classes + File.pathSeparator + jars());

    assertThat(output.lines().toList())
        .as(output)
        .contains(
            "beans=[]",
            "schemas=[INFORMATION_SCHEMA, PUBLIC]",
            "history=[V1__orders.sql]",
            "on=true")
        .anyMatch(line -> line.matches(".* INFO .*org.example.Shop .*: Started Shop in .*"));
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left).isEmpty();
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static String jars() throws IOException {
    try (Stream<Path> lib = Files.list(Shell.DISTRIBUTION.resolve("lib"))) {
      List<String> jars =
          lib.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().toList();
      return String.join(File.pathSeparator, jars);
    }
  }

  private static String run(Path work, String classPath) throws Exception {
    Process shop =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                "org.example.Shop")
            .directory(work.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(shop.getInputStream().readAllBytes(), UTF_8);
      assertThat(shop.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(shop.exitValue()).as(output).isZero();
      return output;
    } finally {
      shop.destroyForcibly();
    }
  }
}
