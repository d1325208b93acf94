package dev.stretto.database.schema;

import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Has Spring Boot's pool and Flyway keep to Stretto's schema. */
@Configuration(proxyBeanMethods = false)
public class DatabaseConfiguration {

  @Bean
  static BeanPostProcessor guestPool(Environment environment) {
    return new GuestPool(environment);
  }

  /** Flyway's default would let this version run on tables that a newer one has changed. */
  @Bean
  FlywayConfigurationCustomizer refuseNewerSchemas() {
    return flyway -> flyway.ignoreMigrationPatterns(new String[0]);
  }

  @Bean
  FlywayMigrationStrategy migration(
      ConfigurableEnvironment environment, ObjectProvider<DataSourceProperties> properties) {
    return new SchemaMigration(environment, () -> unpooled(properties.getObject()));
  }

  private static DataSource unpooled(DataSourceProperties properties) {
    return properties.initializeDataSourceBuilder().type(SimpleDriverDataSource.class).build();
  }

  /** Connections in Stretto's schema, outside the pool and without its limits, each made anew. */
  public static DataSource unpooled(DataSourceProperties properties, Environment environment) {
    return new SchemaDataSource(unpooled(properties), environment.getProperty(Schema.PROPERTY));
  }
}
