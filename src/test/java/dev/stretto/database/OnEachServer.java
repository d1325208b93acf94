package dev.stretto.database;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** As {@link OnEachDatabase}, without H2: what is said of that, other tests say. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("database")
@ParameterizedClass(name = "{0}")
@ArgumentsSource(ChosenDatabases.Servers.class)
public @interface OnEachServer {}
