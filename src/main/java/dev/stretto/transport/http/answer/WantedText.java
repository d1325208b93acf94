package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a value must be like. With neither of the lists, all that counts is whether it is there.
 *
 * @param is values of which it is one
 * @param contains texts of which one is in it
 * @param present whether it must be there, or must not
 */
record WantedText(List<String> is, List<String> contains, boolean present) {

  /**
   * Checks what is written.
   *
   * @param property of which {@code is}, {@code contains} and {@code present} are part
   * @throws InvalidSettingException naming the property
   */
  static WantedText of(
      String property,
      @Nullable List<String> is,
      @Nullable List<String> contains,
      @Nullable Boolean present) {
    if (is != null && contains != null) {
      throw new InvalidSettingException(property, "must not have both is and contains");
    }
    if (present != null && (is != null || contains != null)) {
      throw new InvalidSettingException(
          property + ".present", "says nothing beside is or contains; leave one of them out");
    }
    checkList(property + ".is", is);
    checkList(property + ".contains", contains);
    return new WantedText(
        is == null ? List.of() : is,
        contains == null ? List.of() : contains,
        present == null || present);
  }

  private static void checkList(String property, @Nullable List<String> texts) {
    if (texts != null && (texts.isEmpty() || texts.contains(""))) {
      throw new InvalidSettingException(property, "is empty; give the text to look for");
    }
  }

  /**
   * Whether the value is as wanted.
   *
   * @param value null where it is not there
   */
  boolean fits(@Nullable String value) {
    if (value == null) {
      return !present;
    }
    if (is.isEmpty() && contains.isEmpty()) {
      return present;
    }
    return is.contains(value) || contains.stream().anyMatch(value::contains);
  }

  /** Whether a text can be told to fit or not by its beginning. */
  Fit fitsBeginning(String beginning) {
    if (contains.stream().anyMatch(beginning::contains)) {
      return Fit.YES;
    }
    boolean mayBe = is.stream().anyMatch(text -> text.startsWith(beginning));
    return mayBe || !contains.isEmpty() ? Fit.UNTOLD : Fit.NO;
  }
}
