package dev.stretto.transport.java;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends messages through a {@link Sender} found on the classpath. */
public final class JavaTransportType implements TransportType {

  private static final String CLASS = "java.class";

  private final ScheduledThreadPoolExecutor timer = timer();
  private final @Nullable Function<String, @Nullable Sender> given;

  /** Senders are classes. */
  public JavaTransportType() {
    this.given = null;
  }

  /**
   * A sender may also be somebody else's object, who opens and closes it.
   *
   * @param given finds one by its channel's name; null where there is none
   */
  public JavaTransportType(Function<String, @Nullable Sender> given) {
    this.given = given;
  }

  @Override
  public String name() {
    return "java";
  }

  /** Calls enter the class on threads of their own. */
  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    return ArrivalOrder.NOT_KEPT;
  }

  /** One for all channels, whose thread ends where nothing is under way. */
  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("java-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    JavaSettings java = settings.bind(JavaSettings.class);
    checkTimeout(java);
    Sender bean = java.className() == null && given != null ? given.apply(channel) : null;
    if (bean != null) {
      if (!java.properties().isEmpty()) {
        throw new InvalidSettingException(
            "java.properties", "go to a class; leave them out, " + channel + " is a bean");
      }
      return new JavaTransport(channel, bean, false, java.timeout(), window, timer);
    }
    Sender sender = instance(java.className(), given == null ? "" : orBean(channel));
    try {
      sender.open(java.properties());
    } catch (Exception | LinkageError e) {
      throw new InvalidSettingException(
          "java.properties",
          sender.getClass().getName() + " does not open: " + SenderFaults.text(e));
    }
    return new JavaTransport(channel, sender, true, java.timeout(), window, timer);
  }

  /** Neither makes the sender nor opens it: what that does is its own. */
  @Override
  public void inspect(String channel, TransportSettings settings, int window) {
    JavaSettings java = settings.bind(JavaSettings.class);
    checkTimeout(java);
    if (java.className() != null || given == null || given.apply(channel) == null) {
      constructor(java.className(), given == null ? "" : orBean(channel));
    }
  }

  private static void checkTimeout(JavaSettings java) {
    if (!java.timeout().isPositive()) {
      throw new InvalidSettingException("java.timeout", "must be more than 0, such as 5m");
    }
  }

  private static String orBean(String channel) {
    return ", or make a bean of that type named " + channel;
  }

  private static Sender instance(@Nullable String name, String otherwise) {
    Constructor<?> constructor = constructor(name, otherwise);
    try {
      return (Sender) constructor.newInstance();
    } catch (IllegalAccessException | InstantiationException e) {
      throw unfit(name);
    } catch (InvocationTargetException e) {
      throw new InvalidSettingException(
          CLASS, name + " can't be made: " + SenderFaults.text(e.getTargetException()));
    } catch (LinkageError e) {
      throw unlinked(name, e);
    }
  }

  /** Finds the class without running anything of it. */
  private static Constructor<?> constructor(@Nullable String name, String otherwise) {
    if (name == null || name.isBlank()) {
      throw new InvalidSettingException(
          CLASS, "is required; name a class that implements " + Sender.class.getName() + otherwise);
    }
    try {
      Class<?> type = Class.forName(name.strip(), false, loader());
      if (!Sender.class.isAssignableFrom(type)) {
        throw new InvalidSettingException(
            CLASS, name + " must implement " + Sender.class.getName());
      }
      if (Modifier.isAbstract(type.getModifiers()) || !Modifier.isPublic(type.getModifiers())) {
        throw unfit(name);
      }
      return type.getConstructor();
    } catch (ClassNotFoundException e) {
      throw new InvalidSettingException(
          CLASS, name + " is not on the classpath; put its jar into plugins/");
    } catch (NoSuchMethodException e) {
      throw unfit(name);
    } catch (LinkageError e) {
      throw unlinked(name, e);
    }
  }

  private static InvalidSettingException unfit(@Nullable String name) {
    return new InvalidSettingException(
        CLASS,
        name + " must be public, not abstract, with a public constructor without parameters");
  }

  private static InvalidSettingException unlinked(@Nullable String name, LinkageError e) {
    return new InvalidSettingException(
        CLASS,
        name + " can't be loaded: " + SenderFaults.text(e) + "; put what it needs into plugins/");
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? JavaTransportType.class.getClassLoader() : context;
  }
}
