package dev.stretto.database;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * A test class that is run on each database, which it has in a field annotated with {@code
 * Parameter}. Which they are says the system property {@code stretto.databases}: H2 and PostgreSQL,
 * or MariaDB in the Maven profile {@code mariadb}, which runs these classes only.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("database")
@ParameterizedClass(name = "{0}")
@ArgumentsSource(ChosenDatabases.class)
public @interface OnEachDatabase {}
