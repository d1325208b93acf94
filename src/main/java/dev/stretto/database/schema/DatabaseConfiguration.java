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
    SchemaMigration migration =
        new SchemaMigration(
            environment, new SchemaHistory(environment), () -> unpooled(properties.getObject()));
    return migration::migrate;
  }

  private static DataSource unpooled(DataSourceProperties properties) {
    return properties.initializeDataSourceBuilder().type(SimpleDriverDataSource.class).build();
  }

  /** Outside the pool that everything else shares, and without its limits. */
  @Bean
  LeaseConnections leaseConnections(DataSourceProperties properties, Environment environment) {
    return new LeaseConnections(
        new SchemaDataSource(unpooled(properties), environment.getProperty(Schema.PROPERTY)),
        false);
  }
}
